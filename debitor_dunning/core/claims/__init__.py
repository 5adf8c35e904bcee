"""What a late debtor owes beside the invoice: interest, fees, the lump sum.

Read ``base_rate`` and ``interest`` first, then ``default_start`` and ``charges``.
"""
