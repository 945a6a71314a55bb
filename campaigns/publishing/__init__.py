"""Đăng bài: what is posted through the platforms' interfaces, exactly once, and what a person posts by hand.

`zalo`, `facebook` the two protocols over `portal.lib.platforms`;
`composing` the words and pictures; `jobs` claims, looks and endings.
"""
