from odoo.tests import tagged

from odoo.addons.debitor_dunning.tests.common import DunningCommon


@tagged("post_install", "-at_install")
class TestSms(DunningCommon):
    pass
