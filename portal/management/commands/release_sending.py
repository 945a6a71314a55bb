"""`manage.py release_sending [--pause REASON]`: let messages leave again, or hold them."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from registry.models import OutgoingMessage, SendingSwitch


class Command(BaseCommand):
    help = "Mở lại việc gửi tin (sau khi khôi phục), hoặc tạm dừng với --pause."

    def add_arguments(self, parser):
        parser.add_argument("--pause", metavar="LÝ DO", default="", help="tạm dừng gửi vì lý do này")

    def handle(self, *, pause, **options):
        now = timezone.now()
        if pause:
            SendingSwitch.pause(reason=pause, now=now)
            self.stdout.write("Đã tạm dừng gửi tin.")
        else:
            if SendingSwitch.is_paused():
                SendingSwitch.resume(now=now)
            waiting = OutgoingMessage.objects.due(now).count()
            self.stdout.write(f"Đã mở lại việc gửi tin; {waiting} tin đang chờ sẽ đi ở lượt tới.")
