/// How a report looks.
enum ReportStyle {
    /// The style sheet of the page; the figures bring their own.
    static let sheet = """
        :root {
          color-scheme: light dark;
          --page: #f4f5f8; --card: #ffffff; --ink: #1d2430; --muted: #5a6473;
          --line: #e0e4ea; --accent: #0b6cb0; --code: #eef1f5; --alarm: #a63a00;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0e1116; --card: #171b22; --ink: #e8ebf0; --muted: #a2acba;
            --line: #2a313c; --accent: #5ab2f0; --code: #10141a; --alarm: #ff9350;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 40px 20px 72px; max-width: 1000px;
          background: var(--page); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue",
            Arial, sans-serif;
        }
        h1, h2, h3, p { margin: 0; overflow-wrap: anywhere; }
        h1 { font-size: clamp(26px, 5vw, 36px); line-height: 1.2; letter-spacing: -0.01em; }
        h2 { font-size: 22px; line-height: 1.3; margin: 44px 0 6px; }
        .over { color: var(--accent); font-weight: 600; font-size: 14px; margin-bottom: 6px; }
        .lead { font-size: 18px; color: var(--muted); margin-top: 8px; max-width: 44em; }
        .warning {
          margin-top: 16px; padding: 10px 14px; border-left: 4px solid var(--alarm);
          background: var(--card); border-radius: 4px;
        }
        section > p { color: var(--muted); margin-bottom: 18px; }
        .tiles {
          display: grid; gap: 12px; margin: 28px 0 12px;
          grid-template-columns: repeat(auto-fit, minmax(170px, 1fr));
        }
        .tile {
          background: var(--card); border: 1px solid var(--line); border-radius: 10px;
          padding: 14px 16px;
        }
        .tile dt { font-size: 14px; color: var(--muted); }
        .tile dd { margin: 0; }
        .tile strong {
          display: block; font-size: 27px; font-weight: 650; line-height: 1.3;
          font-variant-numeric: tabular-nums;
        }
        .tile span { display: block; font-size: 13px; line-height: 1.4; color: var(--muted); }
        figure { margin: 0; min-width: 0; }
        figure svg {
          display: block; width: 100%; height: auto; border: 1px solid var(--line);
          border-radius: 10px;
        }
        .narrow { display: none; }
        .grid {
          display: grid; gap: 12px; margin-top: 12px;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr));
        }
        .samples { list-style: none; margin: 0; padding: 0 0 0 22px; }
        .samples li {
          position: relative; padding: 0 0 26px 22px; border-left: 2px solid var(--line);
        }
        .samples li:last-child { padding-bottom: 0; }
        .samples li::before {
          content: ""; position: absolute; left: -8px; top: 6px; width: 14px; height: 14px;
          border-radius: 50%; background: var(--page); border: 3px solid var(--accent);
        }
        .samples h3 { font-size: 17px; line-height: 1.5; }
        .losses { font-size: 14px; color: var(--muted); font-variant-numeric: tabular-nums; }
        .losses b { color: var(--ink); font-weight: 600; }
        #player {
          margin-bottom: 20px; padding: 16px 18px 18px; border: 1px solid var(--line);
          border-radius: 10px; background: var(--card);
        }
        #player label { font-size: 14px; color: var(--muted); }
        #player input {
          display: block; width: 100%; margin: 6px 0 12px; height: 28px;
          accent-color: var(--accent);
        }
        #shown { min-height: 11em; }
        #shown h3 { font-size: 19px; font-variant-numeric: tabular-nums; }
        #shown pre { background: var(--page); }
        summary { cursor: pointer; color: var(--accent); font-weight: 600; padding: 6px 0; }
        details[open] > summary { margin-bottom: 14px; }
        .samples pre, #shown pre {
          margin: 8px 0 0; padding: 14px 18px; border: 1px solid var(--line);
          border-radius: 10px; background: var(--card);
          font: 17px/1.6 Charter, "Iowan Old Style", Palatino, Georgia, "Times New Roman", serif;
          white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; unicode-bidi: plaintext;
        }
        .commands { margin: 0; }
        .commands dt { margin-top: 14px; color: var(--muted); }
        .commands dd { margin: 4px 0 0; }
        .commands pre {
          margin: 0; padding: 12px 16px; border: 1px solid var(--line); border-radius: 8px;
          background: var(--code); white-space: pre-wrap; overflow-wrap: anywhere;
        }
        code {
          font: 14px/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas,
            "DejaVu Sans Mono", monospace;
        }
        table { border-collapse: collapse; width: 100%; margin-top: 10px; font-size: 15px; }
        th, td {
          text-align: left; vertical-align: top; padding: 7px 16px 7px 0;
          border-bottom: 1px solid var(--line); overflow-wrap: anywhere;
        }
        th { font-weight: 400; color: var(--muted); width: 36%; }
        td { font-variant-numeric: tabular-nums; }
        .scroll { overflow-x: auto; margin-bottom: 28px; }
        .scroll th, .scroll td { width: auto; white-space: nowrap; }
        .scroll td:nth-last-child(-n + 3), .scroll th:nth-last-child(-n + 3) { text-align: right; }
        @media (max-width: 600px) {
          body { padding: 24px 14px 48px; }
          .tiles { grid-template-columns: 1fr 1fr; }
          .tile { padding: 12px; }
          .tile strong { font-size: 23px; }
          .wide { display: none; }
          .narrow { display: block; }
          .samples { padding-left: 8px; }
          .samples li { padding-left: 16px; }
          .samples pre, #shown pre { padding: 12px 14px; font-size: 16px; }
          #player { padding: 12px 14px 14px; }
        }
        @media print { #player, summary { display: none; } body { max-width: none; padding: 0; } li, figure { break-inside: avoid; } }
        """
}
