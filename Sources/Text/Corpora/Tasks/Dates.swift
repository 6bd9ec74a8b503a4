extension Task {
    /// A day in one of ten forms, to be written as ISO 8601 has it: year, month, day.
    ///
    /// The forms are `5 March 2024`, `March 5, 2024`, `5 Mar 2024`, `5-MAR-2024`, `the 5th of March 2024`,
    /// `March 5th, 2024`, `Tuesday, 5 March 2024`, `5.3.2024` (the day first), `2024/3/5` and `20240305`.
    static let dates = Task(sourceName: "date", targetName: "ISO") { random in
        let year = 1900 + random.next(below: 200)
        let month = 1 + random.next(below: 12)
        let day = 1 + random.next(below: Calendar.dayCount(year, month))
        let iso = "\(year)-\(twoDigits(month))-\(twoDigits(day))"
        let name = Calendar.months[month - 1]
        let short = String(name.prefix(3))
        let source =
            switch random.next(below: 10) {
            case 0: "\(day) \(name) \(year)"
            case 1: "\(name) \(day), \(year)"
            case 2: "\(day) \(short) \(year)"
            case 3: "\(day)-\(short.uppercased())-\(year)"
            case 4: "the \(day)\(ending(day)) of \(name) \(year)"
            case 5: "\(name) \(day)\(ending(day)), \(year)"
            case 6: "\(Calendar.weekday(year, month, day)), \(day) \(name) \(year)"
            case 7: "\(day).\(month).\(year)"
            case 8: "\(year)/\(month)/\(day)"
            default: "\(year)\(twoDigits(month))\(twoDigits(day))"
            }
        return Example(source, iso, key: iso)
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// The letters after a day: 1st, 2nd, 3rd, 4th.
    private static func ending(_ day: Int) -> String {
        switch (day % 10, day / 10) {
        case (_, 1): "th"
        case (1, _): "st"
        case (2, _): "nd"
        case (3, _): "rd"
        default: "th"
        }
    }
}

/// The Gregorian calendar.
private enum Calendar {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    static func dayCount(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The name of a day, counted from Monday, the first of January 1900.
    static func weekday(_ year: Int, _ month: Int, _ day: Int) -> String {
        var days = day
        for earlier in 1900..<year { days += dayCount(earlier, 2) == 29 ? 366 : 365 }
        for earlier in 1..<month { days += dayCount(year, earlier) }
        return weekdays[days % 7]
    }
}
