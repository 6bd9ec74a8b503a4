import Attend

/// Where the time of a workload's steps goes, by operation, beside what this machine can do at most.
struct ProfileTable: Encodable {
    struct Row: Encodable {
        let operation: String
        let callsPerStep: Double
        let millisecondsPerStep: Double
        /// Of the time of a step.
        let share: Double
        let gigaflops: Double?
        let gigabytesPerSecond: Double
        /// Of the machine's limit in what the operation is limited by: arithmetic where it has any to speak of, else memory.
        let shareOfLimit: Double?
    }

    let millisecondsPerStep: Double
    let limitGigaflops: Double
    let limitGigabytesPerSecond: Double
    /// All products and attentions together, while they run.
    let gigaflopsOfProducts: Double
    let rows: [Row]

    init(_ profile: OperationProfile, seconds: Double, steps: Int, limits: MachineLimits) {
        let count = Double(steps)
        millisecondsPerStep = seconds / count * 1e3
        limitGigaflops = limits.gigaflops
        limitGigabytesPerSecond = limits.gigabytesPerSecond
        let products = profile.entries.values.filter { $0.arithmetic > 0 }
        gigaflopsOfProducts =
            products.reduce(0) { $0 + $1.arithmetic }
            / max(products.reduce(0) { $0 + $1.seconds }, 1e-9) / 1e9
        var rows = profile.entries.map { name, entry in
            let rate = entry.bytes / max(entry.seconds, 1e-9) / 1e9
            let flops =
                entry.arithmetic > 0 ? entry.arithmetic / max(entry.seconds, 1e-9) / 1e9 : nil
            return Row(
                operation: name, callsPerStep: Double(entry.calls) / count,
                millisecondsPerStep: entry.seconds / count * 1e3, share: entry.seconds / seconds,
                gigaflops: flops, gigabytesPerSecond: rate,
                shareOfLimit: flops.map { $0 / limits.gigaflops } ?? rate
                    / limits.gigabytesPerSecond)
        }.sorted { ($0.millisecondsPerStep, $1.operation) > ($1.millisecondsPerStep, $0.operation) }
        let rest = max(seconds - profile.seconds, 0)
        rows.append(
            Row(
                operation: "everything else", callsPerStep: 0,
                millisecondsPerStep: rest / count * 1e3,
                share: rest / seconds, gigaflops: nil, gigabytesPerSecond: 0, shareOfLimit: nil))
        self.rows = rows
    }

    /// The table, line by line.
    var lines: [String] {
        func whole(_ x: Double?) -> String { x.map { String(Int($0.rounded())) } ?? "" }
        let table = TextTable(
            columns: [
                "operation", "calls", "ms", "share", "GFLOP/s", "GB/s", "of this machine's limit",
            ],
            rows: rows.map { row in
                let isRest = row.shareOfLimit == nil
                return [
                    row.operation, isRest ? "" : whole(row.callsPerStep),
                    String(row.millisecondsPerStep.rounded(to: 2)),
                    "\((row.share * 100).rounded(to: 1))%", whole(row.gigaflops),
                    isRest ? "" : String(row.gigabytesPerSecond.rounded(to: 1)),
                    row.shareOfLimit.map { "\(whole($0 * 100))%" } ?? "",
                ]
            }, wordColumns: 1)
        return table.lines + [
            "A step takes \(millisecondsPerStep.rounded(to: 2)) ms. Limits measured just now: "
                + "\(whole(limitGigaflops)) GFLOP/s in matrix products, "
                + "\(limitGigabytesPerSecond.rounded(to: 1)) GB/s to and from memory; what fits into a cache is faster.",
            "Products and attention together run at \(whole(gigaflopsOfProducts)) GFLOP/s, "
                + "\(whole(gigaflopsOfProducts / limitGigaflops * 100))% of that.",
        ]
    }
}
