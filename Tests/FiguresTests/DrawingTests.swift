import AttendFigures
import Testing

@Suite struct MarkupTests {
    @Test func markupBecomesText() {
        #expect(
            Markup.escaped("<a href=\"x\">'&'</a>")
                == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;")
    }

    @Test func controlCharactersBecomeVisible() {
        #expect(Markup.escaped("a\u{0}b\u{1B}[31m\u{7F}\u{9B}\r") == "a␀b␛[31m␡\u{FFFD}␍")
        #expect(Markup.controlsMadeVisible("<a>\n\t\u{1B}") == "<a>\n\t␛")
    }

    @Test func otherTextStays() {
        let text = "Wörter, 文字, 👩‍👩‍👧, e\u{301}\n"
        #expect(Markup.escaped(text) == text)
    }
}

@Suite struct NumeralTests {
    @Test(arguments: [
        (0.0, "0"), (1, "1"), (-1.5, "-1.5"), (1.005, "1"), (12.345, "12.35"), (-0.001, "0"),
        (1e6, "1000000"), (.nan, "–"),
    ])
    func coordinatesHaveAtMostTwoDecimals(value: Double, text: String) {
        #expect(Numeral.coordinate(value) == text)
    }

    @Test(arguments: [
        (0.0, "0"), (1234.5678, "1,235"), (0.000123456, "0.0001235"), (1_234_567, "1.235M"),
        (124_439_808, "124.4M"), (2.5e9, "2.5G"), (1e-7, "1e-7"), (-9.9999e20, "-1e21"),
        (1000, "1,000"), (999_999, "999,999"), (3.14159, "3.142"), (.infinity, "–"),
        (.leastNonzeroMagnitude, "4.941e-324"),
    ])
    func briefNumbersHaveFourSignificantDigits(value: Double, text: String) {
        #expect(Numeral.brief(value) == text)
    }

    @Test func fixedKeepsItsDecimals() {
        #expect(Numeral.fixed(1.5, places: 3) == "1.500")
        #expect(Numeral.fixed(-0.0004, places: 3) == "0.000")
        #expect(Numeral.fixed(0.0625, places: 3) == "0.063")
        #expect(Numeral.count(-1_234_567) == "-1,234,567")
    }

    @Test func theLeadingDigitIsFoundAtPowersOfTen() {
        for exponent in -299...300 {
            let value = Double("1e\(exponent)") ?? 0
            #expect(Numeral.decimalExponent(of: value) == exponent)
            #expect(Numeral.decimalExponent(of: value * 9.99) == exponent)
        }
    }
}

@Suite struct TextMetricsTests {
    @Test func longTextIsShortened() {
        let text = String(repeating: "word ", count: 1000)
        let fitted = TextMetrics.fitted(text, size: 12, limit: 200)
        #expect(fitted.hasSuffix("word…") || fitted.hasSuffix("…"))
        #expect(TextMetrics.width(fitted, size: 12) <= 200)
        #expect(TextMetrics.fitted("short", size: 12, limit: 200) == "short")
        #expect(TextMetrics.fitted("two\nlines", size: 12, limit: 200) == "two lines")
    }
}
