"""What an auditor is asked about every drawn record: the five criteria of the profession, and the critical errors.

Every question is put so that `yes` is good. The ids are written into worksheets and read back later: they never change.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Answers an auditor can choose from.
ANSWERS: tuple[str, ...] = ("yes", "no", "not applicable")

#: Version of the columns and questions of a worksheet; a change is a new version.
LAYOUT = "audit-worksheet/1"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of the worksheet.

    Attributes:
        item_id: Stable id, `criterion.item`.
        criterion: Criterion as shown.
        text: Question as shown.
        shows: Which present values stand beside it (a value of `present_values`), or empty.
        finding_prefixes: Rule ids whose findings stand beside it.
    """

    item_id: str
    criterion: str
    text: str
    shows: str = ""
    finding_prefixes: tuple[str, ...] = ()


QUESTIONS: tuple[Question, ...] = (
    Question(
        item_id="accuracy.name", criterion="Accuracy", text="Is the name right, and are the other names?", shows="name"
    ),
    Question(item_id="accuracy.phones", criterion="Accuracy", text="Are the phone numbers right?", shows="phones"),
    Question(item_id="accuracy.address", criterion="Accuracy", text="Are the addresses right?", shows="address"),
    Question(item_id="accuracy.hours", criterion="Accuracy", text="Are the days and hours right?", shows="hours"),
    Question(
        item_id="accuracy.eligibility", criterion="Accuracy", text="Is it right who may come?", shows="eligibility"
    ),
    Question(item_id="accuracy.fees", criterion="Accuracy", text="Are the fees right?", shows="fees"),
    Question(item_id="accuracy.intake", criterion="Accuracy", text="Is it right how one applies?", shows="intake"),
    Question(item_id="accuracy.area", criterion="Accuracy", text="Is the area served right?", shows="area"),
    Question(
        item_id="completeness.services",
        criterion="Completeness",
        text="Is every service listed that the agency offers to the public?",
        shows="services",
    ),
    Question(
        item_id="completeness.elements",
        criterion="Completeness",
        text="Is everything there that a caller needs to know?",
        finding_prefixes=("CMP-",),
    ),
    Question(
        item_id="indexing.terms",
        criterion="Indexing",
        text="Does every service have the right term, exact enough?",
        shows="terms",
    ),
    Question(
        item_id="indexing.needed",
        criterion="Indexing",
        text="Is no term missing, and none there twice or without need?",
        finding_prefixes=("TAX-",),
    ),
    Question(
        item_id="readability.plain",
        criterion="Readability",
        text="Can a stranger understand the text at the first reading?",
        shows="description",
    ),
    Question(
        item_id="readability.facts",
        criterion="Readability",
        text="Does it say what kind of agency it is and what it does, without mission or praise?",
        finding_prefixes=("STY-01", "STY-02"),
    ),
    Question(item_id="grammar.spelling", criterion="Grammar and spelling", text="Is the spelling right?"),
    Question(
        item_id="grammar.form",
        criterion="Grammar and spelling",
        text="Are grammar, capitals, spacing and punctuation right?",
        finding_prefixes=("STY-00", "STY-03", "FMT-060"),
    ),
    Question(item_id="critical.phone", criterion="Critical", text="Does the main number reach the agency?"),
    Question(
        item_id="critical.open",
        criterion="Critical",
        text="Is every service still offered that the record shows as active?",
    ),
    Question(
        item_id="critical.confidential",
        criterion="Critical",
        text="Is no confidential address or contact public?",
    ),
    Question(
        item_id="critical.eligibility",
        criterion="Critical",
        text="Will nobody be turned away, or stay away, because of what is written?",
    ),
)
