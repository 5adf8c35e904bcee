{
    "name": "Debitor Dunning: SMS",
    "summary": "SMS as one more channel of a dunning level",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "debitor",
    "website": "https://github.com/debitor/debitor",
    "license": "AGPL-3",
    "depends": ["debitor_dunning", "sms"],
    "auto_install": True,
}
