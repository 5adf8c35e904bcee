{
    "name": "Debitor Scoring: CRM",
    "summary": "Risk class and expected payment date on opportunities",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "debitor",
    "website": "https://github.com/debitor/debitor",
    "license": "AGPL-3",
    "depends": ["debitor_scoring", "sale_crm"],
    "data": ["views/crm_lead_views.xml"],
    "auto_install": True,
}
