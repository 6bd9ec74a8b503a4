"""Sentences in many languages and odd strings, written for the fixtures of tokenizers."""

SENTENCES = [
    "The lighthouse keeper counted seventeen boats before breakfast, and it wasn't yet noon!",
    "Don't you think they've said \"we're late\" 3 times? I'm sure: 1,024.50 or 2/3.",
    "Der Bäcker grüßt überall; die Straße führt ins Tal — größer als gedacht.",
    "L'été dernier, nous avons mangé des crêpes à l'île d'Oléron, n'est-ce pas ?",
    "El niño pingüino comió piñas en la montaña; ¡qué alegría!",
    "Zażółć gęślą jaźń, powiedział żółw i poszedł spać.",
    "Ο γέρος ψαράς διηγήθηκε ιστορίες ΣΤΗΝ ΑΚΤΗ για τους φάρους.",
    "Старый фонарщик зажёг ещё один огонь, и йод запах морем.",
    "老灯塔看守人每天早上数船。今天有十七艘!",
    "灯台守は毎朝、船を数えます。ガギグゲゴ ｶﾞｷﾞ ﾊﾝｶｸ。",
    "등대지기는 매일 아침 배를 셉니다. 한글은 아름답다.",
    "حارس المنارة يَعُدُّ السُّفُنَ كلَّ صباح، أليس كذلك؟",
    "שומר המגדלור סופר סְפִינוֹת כל בוקר.",
    "प्रकाशस्तंभ का रखवाला हर सुबह नावें गिनता है। क्षत्रिय ज्ञान",
    "คนเฝ้าประภาคารนับเรือทุกเช้า น้ำใส",
    "Người gác hải đăng đếm thuyền mỗi sáng: ậ ợ ữ ề.",
    "İstanbul'da ışık söndü; IĞDIR ılık.",
    "def count(boats: list[int]) -> int:\n\treturn sum(b for b in boats if b != 0)  # ok\n",
    "if (x<=0xFF && y[i++] != '\\0') { z ^= ~x; }\r\n\r\n",
    "A family 👨‍👩‍👧‍👦 waves 👋🏽 under 🏳️‍🌈 and 🇩🇪🇫🇷, 1️⃣ ❤️‍🔥!",
]

ODD = [
    "", " ", "  ", "\t", "\n\n", "a", " a", "a ", "  a  b  ", "\u0000", "a\u0000b", "\u0007bell\u001b[0m\u007f",
    "\ufeffmark", "zero\u200bwidth\u200cjoin\u200d", "soft\u00adhyphen", "nbsp\u00a0and\u3000wide\u2003space", "\u2028line\u2029par",
    "e\u0301 is \u00e9", "A\u030a \u212b \u00c5", "q\u0323\u0307 q\u0307\u0323", "\u1e9b\u0323", "\ufb01ligature \u2460 \u00bd \u33a5 \u2126",
    "\u0344\u0345", "\u0301start", "\u1100\u1161\u11a8 \uac00\u11a8", "\u1161", "\u0958\u0928\u093c", "\u09c7\u09be", "\u0b47\u0b56",
    "\U0001d15e\U0001d1bb", "\U0002f800", "\uf900", "\ufffd broken \ufffd", "\ue000private\U000f0000", "\u0378unassigned\U0003fffd",
    "``quoted'' text", "'s 't 're 've 'm 'll 'd", "</s> <unk> [CLS] [MASK] <pad>", "<0x41><0xE2>", "▁under▁bar", "##hash ## #", "a.b,c;d:e",
    "ﷺ ﷻ ﾞ ｱ", "ǅ ǈ ß ẞ ŉ İ ı ſ", "Σίσυφος ΣΊΣΥΦΟΣ ΑΣ", "０１２ＡＢ", "x" * 120, "é" * 101, "ab" * 60, "🙂" * 9, "\r\n\r", "a\r\nb\rc\nd",
    "\u0600\u0661 \u06dd", "\u070f\u0710", "\u180e", "\ud7a3\u1160", "कि क्षि", "k\u0307\u0323\u0301", "\u034f", "a\u034f\u0301", "…—–‐‑−", "①②③ ㍿ ㌀",
    "\U000e0001\U000e0041", "👩🏾\u200d🚀", "1\ufe0f\u20e3", "\u202eright\u202c", "A\u0328\u0301", "\u0041\u0301\u0328",
]


def all_texts():
    return SENTENCES + ODD
