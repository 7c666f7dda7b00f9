"""What breaks each style rule, what a finding shows of it, and what looks alike but keeps the rule."""

from __future__ import annotations

LONG = "Provides care and help with food and rent and heat and light and work and school and " * 3 + "play."
HARD = " ".join(["Administers intergovernmental rehabilitation methodologies facilitating organizational"] * 9) + "."
WORDS = "Gives food to families. " * 40

#: Rule, table, field, text that breaks it, what the finding shows, and texts that look alike but keep the rule.
CASES: list[tuple[str, str, str, str, str, tuple[str, ...]]] = [
    ("STY-001", "agency", "name", "Mill House, Inc.", "Mill House, Inc.", ("Zinc", "Inc Spot Studio", "Lincoln House")),
    ("STY-001", "agency", "name", "Mill House LLC (MH)", "Mill House LLC (MH)", ("Mill House (LLCX)",)),
    ("STY-002", "site", "name", "NORTH SIDE OFFICE", "NORTH SIDE OFFICE", ("YMCA", "USDA WIC NSLP SNAP", "SHELTER")),
    ("STY-002", "service", "intake", "CALL THE OFFICE FIRST", "CALL THE OFFICE FIRST", ("CALL first, then come in",)),
    ("STY-003", "agency", "name", "The Mill House", "The Mill House", ("Theater of Mills", "There to Help")),
    (
        "STY-010",
        "agency",
        "description",
        "A premier agency for food.",
        "premier",
        ("Premier League Hall is an agency.",),
    ),
    ("STY-010", "site", "description", "Has a dedicated team.", "dedicated team", ("Has a dedicated line.",)),
    ("STY-011", "agency", "description", "Our mission is to feed.", "Our mission is to feed.", ("Feeds a mission.",)),
    (
        "STY-011",
        "service",
        "description",
        "Mill House is dedicated to helping children learn.",
        "Mill House is dedicated to helping children learn.",
        ("Runs a house for children with dedicated rooms for play.",),
    ),
    ("STY-012", "service", "intake", "Call us first.", "Call us first", ("Call the US office.", "Call bus line 9.")),
    ("STY-012", "agency", "description", "Feeds. We serve all here.", "We serve all here", ("Feeds Our Lady Parish.",)),
    ("STY-013", "service", "fees", "It is free of cost!", "It is free of cost!", ("Call Answers, Please! first.",)),
    ("STY-020", "site", "description", "One is. Two is. Three is.", "3 sentences", ("St. Paul is at 5 p.m. Two is.",)),
    ("STY-021", "service", "description", "Gives food.", "2 words", ("Gives food to poor families.",)),
    ("STY-021", "service", "description", WORDS, "160 words", ("Gives food to families. " * 37,)),
    (
        "STY-022",
        "agency",
        "description",
        LONG,
        "52 words on average: Provides care",
        (LONG.replace(" and rent", ". Rent"),),
    ),
    ("STY-023", "service", "description", HARD, "grade", ("Gives food to families in need. " * 10,)),
    (
        "STY-030",
        "service",
        "intake",
        "Send an e-mail.",
        "e-mail → email",
        ("Send to e-mail@x.org or email.", "The E-mail Co"),
    ),
    ("STY-031", "agency", "description", "Helps famlies in need.", "famlies → families", ("Helps Famlies in need.",)),
    (
        "STY-031",
        "service",
        "fees",
        "Slidding scale, recieved monthly.",
        "recieved → received",
        ("Homebuyers pay nothing.",),
    ),
    ("STY-032", "service", "intake", "Call first , then come.", "Call first␣,", ("Call 9 .5 first, then come.",)),
    (
        "STY-034",
        "agency",
        "description",
        "Gives food. Call (217) 555-0120.",
        "(217) 555-0120",
        ("Zip 62701-1234 at 2-1-1",),
    ),
    (
        "STY-034",
        "service",
        "description",
        "Gives food as www.x.org says.",
        "www.x.org",
        ("Gives food as 24/7 help line.",),
    ),
    ("STY-034", "site", "description", "Opened on May 4, 2019.", "May 4, 2019", ("Opened in May 2019.",)),
    ("STY-035", "agency", "description", "Closed until 2024 for works.", "until 2024", ("Founded by law until 2024.",)),
    (
        "STY-035",
        "service",
        "intake",
        "Apply for the 2024-2025 school year.",
        "2024-2025 school year",
        ("2026-2027 year",),
    ),
    (
        "STY-035",
        "service",
        "intake",
        "Apply by March 3, 2026.",
        "March 3, 2026",
        ("Apply by December 3, 2026.", "In 2019."),
    ),
]
