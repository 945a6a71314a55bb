"""How messages travel: one small interface, `carrier.send(message, now) -> Ending`, for e-mail, Zalo and two SMS gateways.

`endings` what a try can come to; `lines` which providers are at work now; `phone` what the providers by phone share.
"""
