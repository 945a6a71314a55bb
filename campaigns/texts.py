"""Every text that the office may change at the desk (Mẫu chữ): letterhead and signer, the month's report, the reminder
of late agencies, the letter to leaders. A new kind of text: declare it here or beside its user, and add it to `ALL`.
"""

from django.conf import settings

from campaigns import reminder_texts
from portal.lib.filling import EditableText, Variable

PROVINCE = Variable("ten_tinh", "tên tỉnh, thành phố", "tỉnh Lạng Sơn")
OFFICE = Variable("co_quan", "cơ quan làm báo cáo", "Sở Khoa học và Công nghệ")
PLACE = Variable("dia_danh", "địa danh: tên tỉnh, không kèm chữ “tỉnh”", "Lạng Sơn")
LETTERS = Variable("chu_viet_tat", "chữ cái đầu của tên cơ quan", "SKHCN")
PORTAL = Variable("cong", "tên cổng này", "Cổng Kênh Chính thống")
UNIT = Variable("don_vi_soan", "đơn vị soạn thảo, theo mẫu “Đơn vị soạn thảo”", "CĐS")
MONTH = Variable("thang", "tháng báo cáo", "tháng 10/2026")
TODAY = Variable("ngay", "ngày lấy số liệu", "05/11/2026")
COMMON = (PROVINCE, OFFICE)

LETTERHEAD = "Tên cơ quan, người ký"
GOVERNING = EditableText(
    "office.governing", LETTERHEAD, "Cơ quan chủ quản", "UBND {ten_tinh}", COMMON,
    "In hoa, không đậm, dòng trên cùng bên trái.", is_line=True, may_be_empty=True,
)  # fmt: skip
OFFICE_NAME = EditableText(
    "office.name", LETTERHEAD, "Cơ quan ban hành", "{co_quan}", COMMON,
    "In hoa, đậm, dưới cơ quan chủ quản.", is_line=True,
)  # fmt: skip
SYMBOL = EditableText(
    "office.symbol", LETTERHEAD, "Ký hiệu cơ quan", "{chu_viet_tat}", (LETTERS,),
    "Đứng trong số, ký hiệu văn bản, ví dụ BC-SKHCN.", is_line=True,
)  # fmt: skip
UNIT_NAME = EditableText(
    "office.unit", LETTERHEAD, "Đơn vị soạn thảo", "CĐS", (),
    "Chữ viết tắt, đứng trong ký hiệu công văn và dòng “Lưu: VT”.", is_line=True,
)  # fmt: skip
PLACE_NAME = EditableText("office.place", LETTERHEAD, "Địa danh", "{dia_danh}", (PLACE,), is_line=True)
SIGNER = EditableText(
    "office.signer", LETTERHEAD, "Quyền hạn, chức vụ người ký", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", (),
    "Mỗi dòng một dòng trên văn bản.",
)  # fmt: skip
SIGNER_NAME = EditableText(
    "office.signer_name", LETTERHEAD, "Họ tên người ký", "", (),
    "Để trống thì người ký ghi sau.", is_line=True, may_be_empty=True,
)  # fmt: skip
HEAD = (GOVERNING, OFFICE_NAME, SYMBOL, UNIT_NAME, PLACE_NAME, SIGNER, SIGNER_NAME)

REPORT = "Báo cáo tháng"
FIGURES = (
    Variable("so_don_vi", "số đơn vị có việc phải nộp", "121"),
    Variable("phai_nop", "số đầu việc phải nộp, không kể được miễn", "120"),
    Variable("hoan_thanh", "số đầu việc hoàn thành (đúng hạn và trễ)", "104"),
    Variable("dung_han", "số đúng hạn", "98"),
    Variable("tre", "số trễ", "6"),
    Variable("cho_duyet", "số đã nộp, chờ duyệt", "4"),
    Variable("khong_phat_sinh", "số báo không phát sinh", "2"),
    Variable("duoc_mien", "số được miễn", "1"),
    Variable("chua_nop", "số chưa nộp", "10"),
    Variable("qua_han", "số chưa nộp đã quá hạn", "10"),
    Variable("chua_den_han", "số chưa nộp còn trong hạn; trống nếu không có", ""),
    Variable("ty_le", "tỷ lệ hoàn thành", "86,7 %"),
    Variable("ty_le_dung_han", "tỷ lệ đúng hạn", "81,7 %"),
    Variable("san_pham", "số sản phẩm được duyệt", "131"),
    Variable("vuot", "số sản phẩm vượt; trống nếu không có", "17"),
)
COMPARED = (
    Variable("so_thang_truoc", "so với tháng trước; trống nếu tháng trước không có số liệu",
             "tăng 3,2 điểm phần trăm so với tháng 9/2026 (83,5 %)"),
    Variable("so_nam_truoc", "so với cùng kỳ năm trước; trống nếu không có số liệu",
             "tăng 11,4 điểm phần trăm so với tháng 10/2025 (75,3 %)"),
)  # fmt: skip
LISTS = (
    Variable("ds_chua_nop", "tên các đơn vị quá hạn chưa nộp; trống nếu không có", "Sở Xây dựng; UBND xã Vân Mộc"),
    Variable("ds_tre", "tên các đơn vị nộp trễ; trống nếu không có", "Sở Tư pháp; UBND xã Bình Lâm"),
    Variable("ds_cho_duyet", "tên các đơn vị đã nộp, chờ duyệt; trống nếu không có", "Sở Nội vụ"),
    Variable("ds_khong_phat_sinh", "tên các đơn vị báo không phát sinh; trống nếu không có", "Thanh tra tỉnh"),
    Variable("ds_duoc_mien", "tên các đơn vị được miễn; trống nếu không có", "Hội Làm vườn tỉnh"),
)
FIRST_TO = Variable(
    "noi_nhan_chinh", "dòng đầu của mẫu “Kính gửi”; trống nếu không có", "Ủy ban nhân dân tỉnh Lạng Sơn"
)
REPORT_SUMMARY = EditableText(
    "report.summary", REPORT, "Trích yếu", "Kết quả xây dựng sản phẩm truyền thông {thang}", (MONTH, *COMMON), is_line=True
)  # fmt: skip
REPORT_TO = EditableText(
    "report.to", REPORT, "Kính gửi", "Ủy ban nhân dân {ten_tinh}", COMMON,
    "Mỗi dòng một nơi nhận. Để trống nếu báo cáo không gửi cấp trên.", may_be_empty=True,
)  # fmt: skip
REPORT_BODY = EditableText(
    "report.body", REPORT, "Nội dung báo cáo",
    "Thực hiện nhiệm vụ theo dõi, đôn đốc các cơ quan, đơn vị, địa phương xây dựng sản phẩm truyền thông trên kênh chính thống, "
    "{co_quan} báo cáo kết quả {thang} trên địa bàn {ten_tinh} (số liệu đến hết ngày {ngay}) như sau:\n"
    "I. KẾT QUẢ CHUNG\n"
    "Có {so_don_vi} cơ quan, đơn vị, địa phương được giao chỉ tiêu với {phai_nop} đầu việc phải nộp; hoàn thành {hoan_thanh} đầu việc, "
    "đạt {ty_le}, trong đó đúng hạn {dung_han} ({ty_le_dung_han}), trễ hạn {tre}.\n"
    "Đã nộp, chờ duyệt: {cho_duyet}; báo không phát sinh: {khong_phat_sinh}; được miễn: {duoc_mien}; chưa nộp: {chua_nop}.\n"
    "Trong số chưa nộp có {chua_den_han} đầu việc còn trong hạn.\n"
    "Có {san_pham} sản phẩm truyền thông được duyệt.\n"
    "Các đơn vị làm thêm {vuot} sản phẩm vượt số lượng được giao.\n"
    "Tỷ lệ hoàn thành {so_thang_truoc}.\n"
    "Cùng kỳ năm trước: tỷ lệ hoàn thành {so_nam_truoc}.\n"
    "II. TÌNH HÌNH CỦA CÁC ĐƠN VỊ\n"
    "Quá hạn, chưa nộp: {ds_chua_nop}.\n"
    "Nộp trễ hạn: {ds_tre}.\n"
    "Đã nộp, chờ duyệt: {ds_cho_duyet}.\n"
    "Báo không phát sinh: {ds_khong_phat_sinh}.\n"
    "Được miễn: {ds_duoc_mien}.\n"
    "Kết quả theo khối và của từng đơn vị tại các Phụ lục kèm theo.\n"
    "III. ĐỀ XUẤT\n"
    "Đề nghị {noi_nhan_chinh} xem xét, chỉ đạo các đơn vị chưa hoàn thành khẩn trương thực hiện.\n"
    "Trên đây là báo cáo kết quả xây dựng sản phẩm truyền thông {thang}, {co_quan} kính báo cáo./.",
    (MONTH, TODAY, *COMMON, FIRST_TO, *FIGURES, *COMPARED, *LISTS),
    "Mỗi dòng là một đoạn. Dòng bắt đầu bằng số La Mã (I., II.) in đậm.",
)  # fmt: skip
REPORT_RECIPIENTS = EditableText(
    "report.recipients", REPORT, "Nơi nhận", "Như trên;\nLãnh đạo {co_quan};\nLưu: VT, {don_vi_soan}.", (*COMMON, UNIT),
    "Mỗi dòng một nơi; dấu gạch đầu dòng do cổng thêm.",
)  # fmt: skip

URGING = "Công văn đôn đốc"
URGE = (
    MONTH, TODAY, *COMMON, PORTAL,
    Variable("so_don_vi", "số đơn vị còn nợ", "12"),
    Variable("so_viec", "số đầu việc quá hạn", "14"),
    Variable("han_moi", "hạn mới", "20/11/2026"),
)  # fmt: skip
CONTACT = Variable(
    "lien_he", "nơi để hỏi, theo mẫu “Liên hệ”; trống nếu chưa ghi", "Phòng Chuyển đổi số, điện thoại 0205 000 000"
)
URGE_ABOUT = EditableText(
    "urge.about", URGING, "Trích yếu (V/v)", "V/v đôn đốc xây dựng sản phẩm truyền thông {thang}", (MONTH, *COMMON), is_line=True
)  # fmt: skip
URGE_ABOUT_ALL = EditableText(
    "urge.about_all", URGING, "Trích yếu (V/v) khi đôn đốc mọi việc", "V/v đôn đốc hoàn thành các đầu việc quá hạn", (MONTH, *COMMON),
    "Dùng khi công văn nói về mọi việc đã quá hạn, không riêng sản phẩm của tháng.", is_line=True,
)  # fmt: skip
URGE_TO_MANY = EditableText(
    "urge.to_many", URGING, "Kính gửi khi có nhiều đơn vị", "{khoi} (theo danh sách kèm theo)",
    (Variable("khoi", "khối cơ quan", "Các sở, cơ quan thuộc Ủy ban nhân dân tỉnh"),),
    "Dùng khi quá 10 đơn vị: mỗi khối một dòng, tên từng đơn vị nằm ở Phụ lục.", is_line=True,
)  # fmt: skip
URGE_BODY = EditableText(
    "urge.body", URGING, "Nội dung công văn",
    "Qua theo dõi trên {cong}, đến hết ngày {ngay} còn {so_don_vi} cơ quan, đơn vị, địa phương với {so_viec} đầu việc "
    "đã quá hạn chưa hoàn thành (có danh sách kèm theo).\n"
    "Để kịp thời tổng hợp, báo cáo cấp có thẩm quyền, {co_quan} đề nghị các cơ quan, đơn vị, địa phương:\n"
    "1. Khẩn trương hoàn thành các đầu việc còn nợ, gửi trên {cong} chậm nhất ngày {han_moi}.\n"
    "2. Trường hợp trong kỳ không phát sinh nội dung hoặc cần thêm thời gian, đề nghị báo rõ lý do ngay trên {cong}.\n"
    "3. Chỉ đạo đầu mối truyền thông thường xuyên theo dõi, thực hiện đúng hạn trong các kỳ tiếp theo.\n"
    "Thông tin liên hệ khi có vướng mắc: {lien_he}.\n"
    "{co_quan} trân trọng đề nghị các cơ quan, đơn vị, địa phương quan tâm, phối hợp thực hiện./.",
    (*URGE, CONTACT),
    "Mỗi dòng là một đoạn.",
)  # fmt: skip
URGE_CONTACT = EditableText(
    "urge.contact", URGING, "Liên hệ", "", (), "Phòng, người, số điện thoại để đơn vị hỏi.", is_line=True, may_be_empty=True
)  # fmt: skip
URGE_RECIPIENTS = EditableText(
    "urge.recipients", URGING, "Nơi nhận", "Như trên;\nUBND {ten_tinh} (để báo cáo);\nLãnh đạo {co_quan};\nLưu: VT, {don_vi_soan}.",
    (*COMMON, UNIT), "Mỗi dòng một nơi; dấu gạch đầu dòng do cổng thêm.",
)  # fmt: skip

LETTER = "Thư báo cáo cho lãnh đạo"
LETTER_SUBJECT = EditableText(
    "letter.subject", LETTER, "Tiêu đề thư", "Báo cáo sản phẩm truyền thông {thang}: hoàn thành {ty_le}", (MONTH, *FIGURES), is_line=True
)  # fmt: skip
LETTER_BODY = EditableText(
    "letter.body", LETTER, "Nội dung thư",
    "Báo cáo sản phẩm truyền thông {thang} đã có trên cổng.\n"
    "Hoàn thành {hoan_thanh}/{phai_nop} đầu việc ({ty_le}), đúng hạn {dung_han}, trễ {tre}, chờ duyệt {cho_duyet}, chưa nộp {chua_nop}.\n"
    "Tỷ lệ hoàn thành {so_thang_truoc}.\n"
    "Quá hạn, chưa nộp: {ds_chua_nop}.",
    (MONTH, *FIGURES, *COMPARED, *LISTS), "Đường link mở báo cáo và tệp do cổng thêm ở cuối thư.",
)  # fmt: skip

REPORT_TEXTS = (REPORT_SUMMARY, REPORT_TO, REPORT_BODY, REPORT_RECIPIENTS)
URGE_TEXTS = (URGE_ABOUT, URGE_ABOUT_ALL, URGE_TO_MANY, URGE_BODY, URGE_CONTACT, URGE_RECIPIENTS)
LETTER_TEXTS = (LETTER_SUBJECT, LETTER_BODY)
ALL = (*HEAD, *REPORT_TEXTS, *URGE_TEXTS, *LETTER_TEXTS, *reminder_texts.ALL)
BY_KEY = {known.key: known for known in ALL}


def standing_values() -> dict[str, str]:
    """The variables that this installation knows by itself."""
    province, office = settings.PROVINCE_NAME, settings.PROVINCE_OFFICE
    name = province.partition(" ")[2] if province.split()[0] in ("Tỉnh", "tỉnh") else province
    place = province.removeprefix("Thành phố ").removeprefix("thành phố ") if name == province else name
    return {
        PROVINCE.name: province[:1].lower() + province[1:],
        OFFICE.name: office,
        PORTAL.name: settings.PORTAL_NAME,
        PLACE.name: place,
        LETTERS.name: "".join(word[0] for word in office.split() if word not in ("và", "-")).upper(),
    }
