static void NAME(attention)(const AttendAttention *a, int64_t begin, int64_t end) {}
static void NAME(attentionGradient)(const AttendAttentionGradient *a, int64_t begin, int64_t end) {}
