"""Invented people and believable titles. Every number begins with 0990 000, every address ends in `.example`."""

FAMILY = "Hoàng Nông Vi Lương Lý Triệu Hà Bế Lô Chu Đàm Nguyễn Trần Phạm Dương Lành Hứa Mã Phan Đinh".split()
MIDDLE = {"m": "Văn Đức Minh Quốc Xuân Ngọc Hữu Thanh".split(), "f": "Thị Thu Ngọc Thanh Bích Kim Hồng Phương".split()}
GIVEN = {
    "m": "Anh Bình Cường Dũng Đạt Đông Giang Hải Hiếu Hùng Khánh Lâm Long Nam Phúc Quân Sơn Thắng Tuấn Ánh".split(),
    "f": "An Ánh Chi Dung Hà Hạnh Hoa Hương Lan Liên Linh Mai Nga Oanh Quyên Thảo Thuỷ Trang Uyên Yến".split(),
}
POSITIONS = ["Chuyên viên", "Chuyên viên Văn phòng", "Phó Chánh Văn phòng", "Phó Trưởng phòng", "Trưởng phòng"]
COMMUNE_POSITIONS = ["Công chức Phòng Văn hóa - Xã hội", "Phó Trưởng phòng Văn hóa - Xã hội", "Chuyên viên Văn phòng"]

TOPICS = [
    "nộp hồ sơ dịch vụ công trực tuyến toàn trình",
    "phòng, chống lừa đảo trên không gian mạng",
    "phòng cháy, chữa cháy rừng mùa hanh khô",
    "tiêm chủng mở rộng cho trẻ em",
    "bảo hiểm y tế toàn dân",
    "an toàn giao thông dịp cuối năm",
    "chăm sóc, bảo vệ đàn vật nuôi trong mùa rét",
    "sản phẩm OCOP của địa phương",
    "kích hoạt tài khoản định danh điện tử mức 2",
    "phân loại rác thải sinh hoạt tại nguồn",
    "Tổ công nghệ số cộng đồng hướng dẫn người dân",
    "chính sách hỗ trợ hộ nghèo, hộ cận nghèo",
    "bảo tồn hát then, đàn tính",
    "lễ hội đầu xuân an toàn, tiết kiệm",
    "sắp xếp đơn vị hành chính cấp xã",
    "phòng, chống thiên tai và tìm kiếm cứu nạn",
    "chuyển đổi số trong trường học",
    "thanh toán không dùng tiền mặt",
    "an toàn thực phẩm",
    "cải cách thủ tục hành chính",
]
TITLE_FORMS = {
    "news": ["{place} triển khai {topic}", "{place}: hội nghị tuyên truyền {topic}"],
    "article": ["Những điều người dân cần biết về {topic}", "Chuyện ở {place}: {topic}"],
    "pictures": ["Chùm ảnh {place}: {topic}"],
    "poster": ["Infographic: {topic}"],
    "video": ["Video: {place} với {topic}", "Phóng sự ngắn: {topic}"],
    "audio": ["Bài phát thanh: {topic}"],
}
BODY = (
    "{when}, {place} tổ chức tuyên truyền về {topic} tới cán bộ, công chức và Nhân dân trên địa bàn.\n\n"
    "Nội dung tập trung vào những việc người dân cần làm, nơi tiếp nhận hồ sơ và số điện thoại hỗ trợ. "
    "Các thông tin được đăng trên kênh chính thống của đơn vị để bà con tra cứu, chia sẻ."
)
NOTHING_REASONS = [
    "Trong tháng đơn vị tập trung nhiệm vụ diễn tập, không phát sinh sản phẩm truyền thông công khai.",
    "Trong tháng không phát sinh nội dung thuộc lĩnh vực quản lý cần tuyên truyền.",
]
RETURNS = [
    ("source", "Đề nghị đơn vị ghi rõ nguồn ảnh và người chịu trách nhiệm nội dung, sau đó nộp lại."),
    ("content", "Số liệu ở đoạn hai chưa khớp với báo cáo của sở chuyên ngành. Đề nghị kiểm tra, sửa rồi nộp lại."),
    ("quality", "Ảnh mờ, khó đọc trên điện thoại. Đề nghị gửi lại bản rõ hơn."),
    ("language", "Đề nghị sửa lỗi chính tả ở tiêu đề và đoạn đầu rồi nộp lại."),
]
SYLLABLES = (
    "An Bình Cao Chi Đồng Gia Hải Hòa Hồng Hưng Khánh Lâm Lộc Minh Nam Phú Quang Sơn Tân Thanh Thiện Vân".split()
)


def person_name(dice) -> str:
    """An invented full name."""
    sex = dice.choice("mf")
    return f"{dice.choice(FAMILY)} {dice.choice(MIDDLE[sex])} {dice.choice(GIVEN[sex])}"


def phone(number: int) -> str:
    """The n-th invented mobile number; 5 digits after 0990 0."""
    return f"09900{number:05d}"


def product(dice, place, at) -> dict:
    """Kind, title and text of one invented product; no two of an agency are alike, because each tells when it was."""
    topic, kind = dice.choice(TOPICS), dice.choice(list(TITLE_FORMS))
    title = dice.choice(TITLE_FORMS[kind]).format(place=place, topic=topic)
    return {
        "kind": kind,
        "title": title[0].upper() + title[1:190],
        "body": BODY.format(when=f"{at:%H giờ %M ngày %d/%m/%Y}", place=place, topic=topic),
    }


def commune_name(number: int) -> str:
    """The n-th invented commune, for provinces larger than the real one."""
    first, second = divmod(number, len(SYLLABLES))
    third, first = divmod(first, len(SYLLABLES))
    tail = f" {third + 1}" if third else ""
    return f"UBND xã {SYLLABLES[first]} {SYLLABLES[second]}{tail} (giả định)"
