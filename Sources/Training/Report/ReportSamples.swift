internal import AttendCheckpoints
internal import AttendFigures
internal import Foundation

/// What the model wrote, as a part of the report: one sample at a time by a slider, and all of them below one another.
///
/// Without the script the list stands open; with it the list is folded up below the slider, and unfolds to be printed.
struct ReportSamples {
    let history: RunHistory

    /// The section; nothing where there are no samples.
    var html: String {
        let all = history.samples
        guard !all.isEmpty else { return "" }
        let limit = Report.sampleLimit
        let shown =
            all.count <= limit
            ? all : (0..<limit).map { all[$0 * (all.count - 1) / (limit - 1)] }
        let note =
            all.count <= limit
            ? "" : " Shown are \(limit) of \(all.count); samples.txt has them all."
        let count = shown.count == 1 ? "The sample" : "All \(shown.count) samples"
        return """
            <section aria-labelledby="samples">
            <h2 id="samples">What the model wrote</h2>
            <p>After each evaluation the model wrote a text with what it knew by then.\(note)</p>
            \(shown.count > 1 ? Self.player(last: shown.count - 1) : "")<details id="all" open>
            <summary>\(count), one below the other</summary>
            <ol class="samples">
            \(shown.map(item).joined(separator: "\n"))
            </ol>
            </details>
            <script>\(Self.script)</script>
            </section>
            """
    }

    private static func player(last: Int) -> String {
        """
        <div id="player" hidden>
        <label for="when">Move through the training</label>
        <input type="range" id="when" min="0" max="\(last)" step="1" value="\(last)">
        <div id="shown"></div>
        </div>

        """
    }

    private func item(_ sample: MetricEvent.Sample) -> String {
        let text = String(sample.text.prefix(Report.sampleLengthLimit))
        let rest = text.utf8.count < sample.text.utf8.count ? " …" : ""
        return """
            <li>
            <h3>Step \(Numeral.count(sample.step))</h3>
            \(losses(at: sample.step))<pre dir="auto">\(Markup.escaped(text))\(rest)</pre>
            </li>
            """
    }

    private func losses(at step: Int) -> String {
        guard let losses = history.evaluation(upTo: step) else { return "" }
        return """
            <p class="losses">training loss <b>\(SamplesText.number(losses.trainLoss))</b> · \
            validation loss <b>\(SamplesText.number(losses.validationLoss))</b>\
            \(SamplesText.place(of: losses, for: step))</p>

            """
    }

    /// Shows copies of what the list holds; text is never read as markup.
    static let script = """
        (() => {
          const at = (id) => document.getElementById(id);
          const [player, when, shown, all] = ["player", "when", "shown", "all"].map(at);
          addEventListener("beforeprint", () => { all.open = true; });
          if (!player) return;
          const items = [...all.querySelectorAll("ol.samples > li")];
          const show = () => {
            const copy = items[Number(when.value)].cloneNode(true);
            when.setAttribute("aria-valuetext", copy.querySelector("h3").textContent);
            shown.replaceChildren(...copy.childNodes);
          };
          when.addEventListener("input", show);
          player.hidden = false;
          all.open = false;
          show();
        })();
        """

    /// The script as a content security policy names it.
    static let scriptHash =
        "sha256-" + Data(SHA256.hash(Array(script.utf8)).bytes).base64EncodedString()
}
