"""Đăng bài: what is posted through the platforms' interfaces, exactly once, and what a person posts by hand.

`wire` one request; `answers` what refusals mean; `zalo`, `facebook` the two protocols; `tokens` their keys;
`composing` the words and pictures; `jobs` claims, looks and endings.
"""
