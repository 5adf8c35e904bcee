{
    "name": "Debitor CAMT: Dunning",
    "summary": "Bank payments cover fees and interest of dunning notices too",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "debitor",
    "website": "https://github.com/debitor/debitor",
    "license": "AGPL-3",
    "depends": ["debitor_camt", "debitor_dunning"],
    "auto_install": True,
}
