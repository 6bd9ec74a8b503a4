import AttendGeneration
import Testing

@Suite("Answers in texts")
struct AnswerRuleTests {
    @Test(
        "the last number, as plain digits",
        arguments: [
            ("12 and then 7", "7"), ("The answer is 1,250.50 dollars.", "1250.5"),
            ("x = -3.", "-3"),
            ("from 3-5", "5"), ("well-7", "7"), ("-0.0", "0"), ("007", "7"), ("1234,567", "567"),
            ("1,2345", "2345"), ("1,23", "23"), ("3.14.15", "15"), ("é-4", "4"), ("= -4", "-4"),
            ("12,345,678", "12345678"), ("0.250", "0.25"), ("5,", "5"), ("9.", "9"),
        ])
    func numbers(text: String, answer: String) {
        #expect(AnswerRule.lastNumber.answer(in: text) == answer)
    }

    @Test("a text without digits has no number")
    func none() {
        for text in ["", "none", "-", ".,", "٣"] {
            #expect(AnswerRule.lastNumber.answer(in: text) == nil)
        }
    }

    @Test("what follows the last marker, up to the end of the line")
    func marked() {
        let rule = AnswerRule.after("Answer:")
        #expect(rule.answer(in: "Answer: 3\nAnswer:  four or five. \nmore") == "four or five")
        #expect(rule.answer(in: "Answer:") == nil)
        #expect(rule.answer(in: "Answer: .") == nil)
        #expect(rule.answer(in: "Answer:\n 5") == nil)
        #expect(rule.answer(in: "answer: 5") == nil)
        #expect(AnswerRule.after("=").answer(in: "1=2 = 3\r\n4") == "3")
    }
}
