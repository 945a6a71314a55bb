"""Words that people write in cells → the codes that the register uses. Compared without accents and case."""

AGENCY_KINDS = {
    "so": ("Sở", "Sở, ban, ngành", "Sở ngành", "Sở, cơ quan thuộc UBND tỉnh", "Cơ quan chuyên môn"),
    "dang": ("Cơ quan Đảng", "Đảng", "Ban Đảng", "Khối Đảng"),
    "mttq_doan_the": ("MTTQ, đoàn thể", "Đoàn thể", "Mặt trận", "MTTQ và đoàn thể"),
    "hoi": ("Hội", "Hội quần chúng"),
    "luc_luong_vu_trang": ("Lực lượng vũ trang", "LLVT"),
    "nganh_doc": ("Ngành dọc", "Cơ quan ngành dọc", "Cơ quan trung ương"),
    "bao_chi_thong_tin": ("Báo chí", "Báo chí, thông tin", "Báo, đài"),
    "ban_quan_ly": ("Ban quản lý", "BQL"),
    "phuong": ("Phường", "UBND phường"),
    "xa": ("Xã", "UBND xã"),
    "dac_khu": ("Đặc khu", "UBND đặc khu"),
    "khac": ("Khác", "Cơ quan, doanh nghiệp khác", "Doanh nghiệp", "Cơ quan khác"),
}
# What the beginning of a name says about the kind, longest first; used when the sheet has no such column.
KIND_OF_NAME = (
    ("ubnd phuong", "phuong"), ("uy ban nhan dan phuong", "phuong"), ("phuong ", "phuong"), ("ubnd xa", "xa"),
    ("uy ban nhan dan xa", "xa"), ("xa ", "xa"), ("ubnd dac khu", "dac_khu"), ("uy ban nhan dan dac khu", "dac_khu"),
    ("dac khu", "dac_khu"), ("so ", "so"), ("van phong uy ban", "so"), ("van phong ubnd", "so"), ("thanh tra", "so"),
    ("ban quan ly", "ban_quan_ly"), ("bao ", "bao_chi_thong_tin"), ("dai ", "bao_chi_thong_tin"), ("hoi ", "hoi"),
    ("uy ban mttq", "mttq_doan_the"), ("uy ban mat tran", "mttq_doan_the"), ("tinh doan", "mttq_doan_the"),
    ("lien doan lao dong", "mttq_doan_the"), ("cong an", "luc_luong_vu_trang"), ("bo chi huy", "luc_luong_vu_trang"),
    ("van phong tinh uy", "dang"), ("ban to chuc", "dang"), ("ban tuyen giao", "dang"), ("thue ", "nganh_doc"),
)  # fmt: skip

CHANNEL_KINDS = {
    "zalo_oa": ("Zalo OA", "Zalo Official Account", "OA", "Zalo"),
    "zalo_group": ("Nhóm Zalo", "Zalo group", "Group Zalo"),
    "facebook_page": ("Facebook", "Trang Facebook", "Fanpage", "Fanpage Facebook", "FB", "Facebook page", "Trang FB", "Page Facebook"),
    "facebook_group": ("Nhóm Facebook", "Facebook group", "Group Facebook"),
    "website": (
        "Trang thông tin điện tử", "Website", "Trang web", "Web", "Cổng thông tin điện tử", "Trang TTĐT", "Cổng TTĐT",
        "Cổng thông tin", "Trang tin điện tử",
    ),
    "youtube": ("YouTube", "Kênh YouTube", "Youtube channel"),
    "tiktok": ("TikTok", "Kênh TikTok", "Tik Tok"),
    "x": ("X", "Twitter"),
    "instagram": ("Instagram",),
    "threads": ("Threads",),
    "app": ("Ứng dụng di động", "Ứng dụng", "App", "Mobile app"),
    "loudspeaker": ("Đài truyền thanh cơ sở", "Đài truyền thanh", "Truyền thanh", "Truyền thanh cơ sở", "Loa truyền thanh"),
    "press": ("Báo, phát thanh, truyền hình", "Báo", "Báo chí", "Truyền hình", "Phát thanh", "Báo và Đài"),
}  # fmt: skip

CONTACT_ROLES = {
    "policy": ("Truyền thông chính sách", "Đầu mối truyền thông chính sách", "Đầu mối", "Đầu mối truyền thông"),
    "channel_admin": ("Quản trị kênh", "Quản trị viên", "Quản trị trang", "Quản trị fanpage", "Admin"),
    "spokesperson": ("Người phát ngôn", "Phát ngôn"),
    "head": ("Người đứng đầu", "Thủ trưởng", "Lãnh đạo"),
}

YES_NO = {
    "yes": ("có", "x", "1", "đúng", "yes", "true", "✓", "dự phòng", "thay thế"),
    "no": ("không", "0", "no", "false", "-"),
}
