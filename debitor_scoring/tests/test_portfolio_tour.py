from odoo.tests import HttpCase, tagged

from .common import TODAY, ScoringCommon
from .ledger import LedgerMixin
from .picture import keep_picture


@tagged("post_install", "-at_install")
class TestPortfolioTour(LedgerMixin, ScoringCommon, HttpCase):
    """The page of all customers in a real browser, in German."""

    browser_size = "1500x2000"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.speak_german()
        cls.company.name = "Baustoff Nord GmbH"
        cls.viewer = cls.make_user(
            "viewer",
            "debitor_scoring.group_scoring_manager",
            lang="de_DE",
            password="scoring_viewer",
        )

    def start(self, tour):
        self.start_tour(
            "/odoo/action-debitor_scoring.debitor_scoring_portfolio_action",
            tour,
            login=self.viewer.login,
        )

    def test_a_year_of_payments_and_the_customers_behind_the_figures(self):
        self.book_year(TODAY)
        with keep_picture("portfolio.png"):
            self.start("debitor_portfolio")

    def test_without_scores_the_page_offers_to_compute_them(self):
        self.start("debitor_portfolio_empty")
