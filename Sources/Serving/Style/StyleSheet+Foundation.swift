extension StyleSheet {
    /// Colours, type, focus.
    static let foundation: StaticString = #"""
        :root {
          color-scheme: light;
          --blue: #000091; --blue-deep: #00006d; --blue-mist: #f5f5fe;
          --red: #e1000f; --ink: #161616; --grey: #595959; --line: #dddddd; --edge: #757575;
          --ground: #f6f6f8; --paper: #ffffff; --focus: #0a76f6;
          --error: #b8000b; --error-mist: #fff4f3; --warning: #8f3e00; --warning-mist: #fff5eb;
          --success: #18753c; --success-mist: #eefaf1; --information: #0055b3;
          --information-mist: #eff6ff;
          --round: 0.25rem;
        }
        *, *::before, *::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
        body {
          margin: 0; min-height: 100vh; display: flex; flex-direction: column;
          background: var(--paper); color: var(--ink);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
            "Liberation Sans", Arial, sans-serif;
          overflow-wrap: break-word;
        }
        h1, h2, h3, h4, p, ul, ol, dl, dd, figure, fieldset { margin: 0; padding: 0; }
        fieldset { border: 0; min-width: 0; }
        img, svg { max-width: 100%; height: auto; }
        a { color: var(--blue); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
        a:hover { text-decoration-thickness: 2px; }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
        main:focus { outline: none; }
        .unseen {
          position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          white-space: nowrap;
        }
        .skip {
          position: absolute; left: 1rem; top: -6rem; z-index: 1; padding: 0.5rem 1rem;
          background: var(--paper); font-weight: 700;
        }
        .skip:focus { top: 0.5rem; }
        @media (prefers-reduced-motion: no-preference) {
          a, button, .button, .input, .tile {
            transition: background-color 0.12s, border-color 0.12s;
          }
        }

        """#
}
