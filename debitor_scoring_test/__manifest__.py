{
    "name": "Debitor Scoring: Test Agency",
    "summary": "A complete credit agency without a network, for tests and as an example",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "debitor",
    "website": "https://github.com/debitor/debitor",
    "license": "AGPL-3",
    "depends": ["debitor_scoring"],
}
