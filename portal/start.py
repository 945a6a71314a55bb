"""Where each role begins its day."""


def start_page(user) -> str:
    """URL name of the first page of a signed-in person."""
    return "desk" if user.is_province_staff else "my_work"
