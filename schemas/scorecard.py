"""The scorecard of an audit: the five criteria of the profession and the critical errors, item by item.

Accuracy, readability and most of the writing are judged by a person; completeness and half of the indexing follow from the
nightly rules. Every question to a person is put so that `yes` is good. The ids are written into worksheets and into the decision
log: they never change.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Criterion(StrEnum):
    """Criteria of an audit, as the profession names them, and the errors that make a record fail by themselves."""

    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    INDEXING = "indexing"
    READABILITY = "readability"
    GRAMMAR = "grammar"
    CRITICAL = "critical"


class AuditAnswer(StrEnum):
    """Answers an auditor can choose from."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not applicable"


class Band(StrEnum):
    """Bands of a score, from bad to good."""

    FAIL = "fail"
    COACHING = "coaching"
    MEETS = "meets"


#: Words for the criteria on worksheets and in reports.
CRITERION_WORDS: Final[dict[str, str]] = {
    Criterion.ACCURACY: "Accuracy",
    Criterion.COMPLETENESS: "Completeness",
    Criterion.INDEXING: "Indexing",
    Criterion.READABILITY: "Readability",
    Criterion.GRAMMAR: "Grammar and spelling",
    Criterion.CRITICAL: "Critical",
}

#: Criteria that a score is made of, in the order in which they are shown.
SCORED_CRITERIA: Final[tuple[Criterion, ...]] = tuple(one for one in Criterion if one is not Criterion.CRITICAL)

#: Version of the columns and questions of a worksheet; a change is a new version.
LAYOUT: Final = "audit-worksheet/2"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One item that a person judges.

    Attributes:
        item_id: Stable id, `criterion.item`.
        text: Question as shown.
        words: What it is about, inside a sentence.
        rule_id: Rule of the catalogue under which a `no` becomes a finding of the record.
        shows: Which present values stand beside it (kinds of value of `pipeline.audit.present_values`); empty for none.
        concerns: Kinds of value whose change shows that a fault was looked at.
        finding_prefixes: Rule ids whose findings stand beside it as a hint.
    """

    item_id: str
    text: str
    words: str
    rule_id: str
    shows: str = ""
    concerns: tuple[str, ...] = ()
    finding_prefixes: tuple[str, ...] = ()

    @property
    def criterion(self) -> Criterion:
        """The criterion it belongs to."""
        return Criterion(self.item_id.partition(".")[0])

    @property
    def is_critical(self) -> bool:
        """Whether a `no` makes the whole record fail."""
        return self.criterion is Criterion.CRITICAL


@dataclass(frozen=True, kw_only=True)
class AutomaticItem:
    """One item that follows from the nightly rules: how many of its parts are right.

    Attributes:
        item_id: Stable id, `criterion.item`.
        text: What is counted, as shown.
        words: What it is about, inside a sentence.
        parts: What one part is, in the plural.
        rules: Rules whose findings make a part wrong; empty for the completeness matrix.
        is_all_or_nothing: Whether one wrong part costs the whole item; otherwise the share of right parts counts.
    """

    item_id: str
    text: str
    words: str
    parts: str
    rules: tuple[str, ...] = ()
    is_all_or_nothing: bool = True

    @property
    def criterion(self) -> Criterion:
        """The criterion it belongs to."""
        return Criterion(self.item_id.partition(".")[0])


_TEXTS = ("description", "eligibility", "fees", "intake", "hours")

QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        item_id="accuracy.name",
        text="Is the name right, and are the other names?",
        words="the name",
        rule_id="AUD-001",
        shows="name",
        concerns=("name",),
    ),
    Question(
        item_id="accuracy.phones",
        text="Are the phone numbers right?",
        words="the phone numbers",
        rule_id="AUD-002",
        shows="phones",
        concerns=("phones",),
    ),
    Question(
        item_id="accuracy.address",
        text="Are the addresses right?",
        words="the addresses",
        rule_id="AUD-003",
        shows="address",
        concerns=("address",),
    ),
    Question(
        item_id="accuracy.hours",
        text="Are the days and hours right?",
        words="days and hours",
        rule_id="AUD-004",
        shows="hours",
        concerns=("hours",),
    ),
    Question(
        item_id="accuracy.eligibility",
        text="Is it right who may come?",
        words="the eligibility",
        rule_id="AUD-005",
        shows="eligibility",
        concerns=("eligibility",),
    ),
    Question(
        item_id="accuracy.fees",
        text="Are the fees right?",
        words="the fees",
        rule_id="AUD-006",
        shows="fees",
        concerns=("fees",),
    ),
    Question(
        item_id="accuracy.intake",
        text="Is it right how one applies?",
        words="the intake procedure",
        rule_id="AUD-007",
        shows="intake",
        concerns=("intake",),
    ),
    Question(
        item_id="accuracy.area",
        text="Is the area served right?",
        words="the area served",
        rule_id="AUD-008",
        shows="area",
        concerns=("area",),
    ),
    Question(
        item_id="indexing.terms",
        text="Does every service have the right term, exact enough?",
        words="the choice of terms",
        rule_id="AUD-011",
        shows="terms",
        concerns=("terms",),
        finding_prefixes=("TAX-01",),
    ),
    Question(
        item_id="indexing.needed",
        text="Is no term missing, and none there without need?",
        words="missing or needless terms",
        rule_id="AUD-012",
        shows="services",
        concerns=("terms", "services"),
        finding_prefixes=("TAX-006", "TAX-009", "TAX-014"),
    ),
    Question(
        item_id="readability.length",
        text="Is the text as long as it must be, and no longer?",
        words="the length of the text",
        rule_id="AUD-021",
        shows="description",
        concerns=("description",),
        finding_prefixes=("STY-020", "STY-021"),
    ),
    Question(
        item_id="readability.sentences",
        text="Are the sentences short, and understood at the first reading?",
        words="the sentences",
        rule_id="AUD-022",
        concerns=("description", "eligibility", "intake"),
        finding_prefixes=("STY-011", "STY-012", "STY-022", "STY-023"),
    ),
    Question(
        item_id="readability.kind",
        text="Does it say what kind of agency it is and what it does?",
        words="what the agency is and does",
        rule_id="AUD-023",
        concerns=("description", "name"),
    ),
    Question(
        item_id="readability.factual",
        text="Is it free of mission, praise and advertising?",
        words="mission or praise in the text",
        rule_id="AUD-024",
        concerns=("description",),
        finding_prefixes=("STY-010", "STY-013"),
    ),
    Question(
        item_id="grammar.spelling",
        text="Is the spelling right?",
        words="the spelling",
        rule_id="AUD-031",
        concerns=_TEXTS,
        finding_prefixes=("STY-030", "STY-031"),
    ),
    Question(
        item_id="grammar.spacing",
        text="Are blanks, lines and formats right?",
        words="the spacing",
        rule_id="AUD-032",
        concerns=_TEXTS,
        finding_prefixes=("STY-032", "FMT-060"),
    ),
    Question(
        item_id="grammar.capitals",
        text="Are capitals right?",
        words="the capitals",
        rule_id="AUD-033",
        concerns=("name", *_TEXTS),
        finding_prefixes=("STY-002",),
    ),
    Question(
        item_id="grammar.punctuation",
        text="Are grammar and punctuation right?",
        words="grammar and punctuation",
        rule_id="AUD-034",
        concerns=_TEXTS,
        finding_prefixes=("STY-013",),
    ),
    Question(
        item_id="critical.phone",
        text="Does the main number reach the agency?",
        words="the main phone number",
        rule_id="AUD-041",
        concerns=("phones",),
    ),
    Question(
        item_id="critical.open",
        text="Is every service still offered that the record shows as active?",
        words="a closed service shown as active",
        rule_id="AUD-042",
        concerns=("services",),
    ),
    Question(
        item_id="critical.confidential",
        text="Is no confidential address or contact public?",
        words="a confidential address or contact",
        rule_id="AUD-043",
        concerns=("address", "phones", "description"),
    ),
    Question(
        item_id="critical.eligibility",
        text="Will nobody be turned away, or stay away, because of what is written?",
        words="eligibility that turns people away",
        rule_id="AUD-044",
        concerns=("eligibility",),
    ),
)

#: The line on which an auditor may note anything else; it is no item of the score.
REMARK_ID: Final = "other.remark"
REMARK_TEXT: Final = "Anything else the curator should know, such as a service that is missing? (Comment only.)"

AUTOMATIC_ITEMS: Final[tuple[AutomaticItem, ...]] = (
    AutomaticItem(
        item_id="completeness.mandatory",
        text="Mandatory elements present",
        words="mandatory elements",
        parts="elements",
        is_all_or_nothing=False,
    ),
    AutomaticItem(
        item_id="completeness.recommended",
        text="Recommended elements present",
        words="recommended elements",
        parts="elements",
        is_all_or_nothing=False,
    ),
    AutomaticItem(
        item_id="indexing.valid",
        text="Services whose codes are well formed, known and in use",
        words="valid codes",
        parts="services",
        rules=("TAX-002", "TAX-003", "TAX-004", "TAX-013"),
    ),
    AutomaticItem(
        item_id="indexing.service_term",
        text="Services with a service term",
        words="a service term on each service",
        parts="services",
        rules=("TAX-001", "TAX-008"),
    ),
    AutomaticItem(
        item_id="indexing.level",
        text="Services without a term and a broader one above it",
        words="no double indexing along a branch",
        parts="services",
        rules=("TAX-005",),
    ),
    AutomaticItem(
        item_id="indexing.targets",
        text="Services whose target terms are joined to a service term",
        words="joined target terms",
        parts="services",
        rules=("TAX-007",),
    ),
)

#: Items by id, those of persons first.
ITEMS: Final[dict[str, Question | AutomaticItem]] = {
    **{question.item_id: question for question in QUESTIONS},
    **{item.item_id: item for item in AUTOMATIC_ITEMS},
}
