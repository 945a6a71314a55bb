"""The sentences of the verdict: plain, exact, and never a promise that something is safe."""

HEADLINES = {
    "official": "Đây là kênh chính thống",
    "was_official": "Từng là kênh chính thống, nay không còn",
    "unconfirmed": "Có trong danh bạ, nhưng lâu chưa được xác nhận lại",
    "moved": "Địa chỉ cũ: kênh đã chuyển sang địa chỉ mới",
    "known_fake": "Trang này đã được ghi nhận là giả mạo",
    "lookalike": "Trông giống, nhưng không phải kênh chính thống",
    "personal": "Tài khoản hoặc số điện thoại của một cá nhân",
    "unresolvable": "Chưa kiểm tra được đường link này",
    "not_a_channel": "Đây không phải địa chỉ của một kênh",
    "no_information": "Chưa có trong danh bạ",
    "phone_known": "Số của một đầu mối đã được xác nhận",
    "phone_unknown": "Số này chưa có trong danh bạ",
    "name_found": "Hãy so với các kênh chính thống dưới đây",
    "agency_without_channel": "Cơ quan này chưa có kênh nào được xác nhận",
    "name_unknown": "Chưa có tên này trong danh bạ",
}

REASONS = {
    "official": "Kênh này do {channel.agency.name} quản lý và đã được tỉnh xác nhận.",
    "unconfirmed": "Kênh này của {channel.agency.name}, nhưng cơ quan chưa xác nhận lại trong thời gian quy định.",
    "closed": "{channel.agency.name} đã ngừng dùng kênh này. Thông tin đăng sau ngày ngừng không phải của cơ quan.",
    "suspended": "{channel.agency.name} đang tạm dừng kênh này. "
    "Trong thời gian tạm dừng, kênh không được coi là chính thống.",
    "agency_closed": "{channel.agency.name} đã kết thúc hoạt động, kênh này không còn là kênh chính thống.",
    "moved": "Từ ngày {day}, kênh “{channel.name}” của {channel.agency.name} dùng địa chỉ mới: {channel.url}. "
    "Thông tin đăng ở địa chỉ cũ từ ngày đó không phải của cơ quan.",
    "known_fake": "Tỉnh đã ghi nhận trang này mạo danh{whom} từ ngày {day}, theo {source}.",
    "page_of_fake": "Đường link này ghi tên một trang mà tỉnh đã ghi nhận mạo danh{whom} từ ngày {day}, theo {source}.",
    "lookalike": "Tên này giống kênh “{channel.name}” của {channel.agency.name}, nhưng là một trang khác.",
    "facebook_profile": "Đường link dạng trang cá nhân và không có trong danh bạ. "
    "Cơ quan nhà nước không dùng trang cá nhân làm kênh chính thống.",
    "phone_known": "Đúng, số này là của một đầu mối đã được tỉnh xác nhận. Danh sách đầu mối không công khai.",
    "phone_unknown": "Số này không phải của đầu mối nào đã được tỉnh xác nhận.",
    "unknown": "Cổng chưa có thông tin về kênh này. "
    "Chưa có trong danh bạ không có nghĩa là giả mạo, cũng không có nghĩa là chính thống.",
    "name_found": "Đây là tên gọi, chưa phải đường link, nên chưa biết bạn đang xem trang nào. "
    "Dưới đây là các kênh chính thống có tên này.",
    "agency_without_channel": "Có cơ quan mang tên này nhưng chưa có kênh nào được xác nhận trong danh bạ.",
    "name_unknown": "Không tìm thấy cơ quan hay kênh nào có tên này. Hãy dán đường link của trang để kiểm tra.",
    "post_of": "Đường link này là của một bài đăng, ghi tên kênh “{channel.name}”. Phần tên trong đường link ai cũng "
    "sửa được: hãy bấm vào tên trang và kiểm tra đường link của trang.",
    "inside_site": "Đường link này là một trang bên trong website chính thống “{channel.name}” "
    "của {channel.agency.name}.",
}

WARNING_SITE = "https://canhbao.khonggianmang.vn"
"""The national site that takes reports of fake pages (Trung tâm Giám sát an toàn không gian mạng quốc gia)."""

NO_CHANNEL_YET = "Cơ quan mà tên trang nhắc tới chưa có kênh nào trong danh bạ."

COMPARE = "So từng chữ của đường link bạn đang mở với địa chỉ ghi trên trang này: một chữ khác là một trang khác."
NO_DETAILS = "Không cung cấp số căn cước, mã OTP, mật khẩu và không chuyển tiền theo yêu cầu trên trang này."
FULL_LINK = (
    "Mở trang bằng ứng dụng, bấm Chia sẻ, chọn Sao chép đường link của trang (không phải của bài đăng) rồi dán lại."
)
USE_LIST = "Dùng các kênh chính thống trong danh bạ."

NEXT_STEPS = {
    "official": [COMPARE, "Kênh chính thống cũng không bao giờ hỏi mã OTP hay mật khẩu của bạn."],
    "was_official": [NO_DETAILS, USE_LIST],
    "unconfirmed": [COMPARE],
    "moved": ["Mở kênh ở địa chỉ mới ghi trên đây.", NO_DETAILS],
    "known_fake": [NO_DETAILS, USE_LIST],
    "lookalike": [NO_DETAILS, USE_LIST],
    "personal": ["Cá nhân có thể làm việc ở cơ quan, nhưng đây không phải tiếng nói của cơ quan."],
    "unresolvable": [FULL_LINK, NO_DETAILS],
    "not_a_channel": [
        "Dán đường link của trang chính: bấm vào tên hoặc ảnh đại diện của trang rồi sao chép đường link."
    ],
    "no_information": [NO_DETAILS, USE_LIST],
    "name_found": [
        "Bấm vào tên kênh để xem địa chỉ đúng và mã QR.",
        "Dán đường link của trang bạn đang xem vào ô dưới đây để biết có phải kênh này không.",
    ],
    "name_unknown": ["Gõ ít chữ hơn, có thể không dấu, hoặc tra trong danh bạ cơ quan."],
}
