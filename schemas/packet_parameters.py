"""Parameters of the update forms that agencies fill in and send back."""

from __future__ import annotations

from pydantic import Field

from schemas.parameters import Parameters


class ReturnPlace(Parameters):
    """Who sends the forms of a center, and where they go back to."""

    center_name: str = Field(default="", description="Name of the center as agencies know it; empty: `your 2-1-1`.")
    return_email: str = Field(default="", description="E-mail address to which filled-in forms are sent.")
    return_address: str = Field(default="", description="Postal address for forms on paper; a line break is kept.")
    return_phone: str = Field(default="", description="Phone number for questions, and for answers by phone.")


class PacketParameters(ReturnPlace):
    """What update forms say and how they are read back."""

    centers: dict[str, ReturnPlace] = Field(
        default={},
        description="Sender and way back of single centers, by center id; the others have the four settings above.",
    )
    reply_by_days: int = Field(
        default=21,
        ge=1,
        description="Days after which an answer is asked for, printed as a day (project choice: three weeks).",
    )
    further_sentence: str = Field(
        default="", description="A sentence of your own on every form, such as what happens when nobody answers."
    )
    longest_answer: int = Field(
        default=4000,
        ge=100,
        le=32_767,
        description="Characters of a cell from which an answer is refused as pasted by mistake (project choice; a cell holds 32,767).",
    )

    def place_of(self, center_id: str) -> ReturnPlace:
        """Return who sends the forms of a center."""
        return self.centers.get(center_id, self)
