extension StyleSheet {
    /// Fields and buttons.
    static let controls: StaticString = #"""
        .field { margin-bottom: 1.25rem; }
        .field > label, .field > legend, .label-line {
          display: block; margin-bottom: 0.375rem; padding: 0; font-weight: 600;
        }
        .field > label + .hint, .field > legend + .hint, .label-line + .hint { margin: -0.25rem 0 0.5rem; }
        .field + .hint { margin: -0.5rem 0 1.25rem; }
        form > .hint + .field { margin-top: 1.25rem; }
        .required { color: var(--error); font-weight: 400; }
        .input {
          display: block; width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem;
          border: 1px solid var(--edge); border-radius: var(--round); background: var(--paper);
          color: inherit; font: inherit;
        }
        .input::placeholder { color: var(--edge); opacity: 1; }
        .input:hover { border-color: var(--ink); }
        .input:focus-visible {
          outline-offset: 0; border-color: var(--blue); border-radius: var(--round);
        }
        select.input:not([multiple]) {
          appearance: none; padding-right: 2.5rem;
          background-image: linear-gradient(45deg, transparent 50%, var(--blue) 50%),
            linear-gradient(-45deg, transparent 50%, var(--blue) 50%);
          background-position: right 1.25rem center, right 0.875rem center;
          background-size: 0.4rem 0.4rem; background-repeat: no-repeat;
        }
        .label-line { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.5rem; }
        .help-mark {
          width: 1.5rem; height: 1.5rem; padding: 0; border: 1px solid currentColor;
          border-radius: 50%; background: var(--paper); color: var(--blue); font: inherit;
          font-size: 0.875rem; line-height: 1; cursor: pointer;
        }
        .help-mark:hover { background: var(--blue-mist); }
        .help-text { margin-top: 0.375rem; }
        .help-text:popover-open {
          width: min(24rem, 100vw - 2rem); padding: 0.75rem 1rem; border: 1px solid var(--blue);
          border-radius: var(--round); background: var(--paper); color: var(--ink);
        }
        /* Else it stands in the middle of the window. */
        @supports (position-area: block-start) {
          .help-text:popover-open {
            inset: auto; margin: 0.375rem 1rem; position-area: block-start span-all;
            position-try-fallbacks: flip-block;
          }
        }
        .field-wrong { padding-left: 0.875rem; border-left: 3px solid var(--error); }
        .field-wrong .input { border-color: var(--error); }
        .field-error {
          margin-top: 0.375rem; color: var(--error); font-size: 0.875rem; font-weight: 600;
        }
        .choice { display: flex; gap: 0.625rem; align-items: flex-start; padding: 0.375rem 0; }
        .choice input {
          flex: none; width: 1.25rem; height: 1.25rem; margin: 0.125rem 0 0;
          accent-color: var(--blue);
        }
        .button {
          display: inline-flex; align-items: center; justify-content: center; gap: 0.5rem;
          min-height: 2.75rem; padding: 0.5rem 1.25rem; border: 1px solid var(--blue);
          border-radius: var(--round);
          background: var(--blue); color: var(--paper); font: inherit; font-weight: 600;
          line-height: 1.25;
          text-align: center; text-decoration: none; cursor: pointer;
        }
        .button:hover { background: var(--blue-deep); border-color: var(--blue-deep); }
        .button-secondary { background: var(--paper); color: var(--blue); }
        .button-secondary:hover { background: var(--blue-mist); border-color: var(--blue); }
        .button-quiet {
          min-height: 2.25rem; padding: 0.25rem 0.75rem; border-color: transparent;
          background: transparent; color: var(--blue); font-weight: 500;
        }
        .button-quiet:hover {
          background: var(--blue-mist); border-color: transparent; text-decoration: underline;
        }
        .button-danger { background: var(--error); border-color: var(--error); }
        .button-danger:hover { background: #8a0008; border-color: #8a0008; }
        .buttons { display: flex; flex-direction: column; gap: 0.75rem; margin: 1.5rem 0; }
        .dialog .buttons:last-child { margin-bottom: 0; }
        .links { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; list-style: none; }
        main .links { margin: 0.5rem 0 -0.375rem; padding: 0; }
        .links li + li { margin-top: 0; }
        .links a { display: inline-block; padding: 0.375rem 0; }
        .card .button, .content-narrow > .buttons .button, .content-narrow > .button,
        .content-narrow form .button { width: 100%; }
        .separator {
          display: flex; align-items: center; gap: 1rem; margin: 1.75rem 0; color: var(--grey);
          font-size: 0.875rem; font-weight: 700;
        }
        .separator::before, .separator::after {
          content: ""; flex: 1; border-top: 1px solid var(--line);
        }
        @media (min-width: 36rem) {
          .buttons { flex-direction: row; flex-wrap: wrap; }
        }

        """#
}
