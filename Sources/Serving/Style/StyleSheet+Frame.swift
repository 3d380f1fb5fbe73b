extension StyleSheet {
    /// Header, navigation, content, footer.
    static let frame: StaticString = #"""
        .banner {
          padding: 0.5rem 1rem; background: var(--warning-mist); color: var(--warning);
          border-bottom: 1px solid currentColor; text-align: center; font-size: 0.875rem;
          font-weight: 700;
        }
        .site-header { border-bottom: 1px solid var(--line); background: var(--paper); }
        .header-inside {
          display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between;
          gap: 0.75rem 2rem;
          max-width: 78rem; margin: 0 auto; padding: 1rem;
        }
        .brand { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1.5rem; }
        .brand > * { margin: 0; }
        .mark {
          display: grid; grid-template-columns: auto auto; column-gap: 0.75rem; line-height: 1.1;
          color: var(--ink);
        }
        .mark-bar {
          grid-row: 1 / span 2; width: 0.5rem; border: 1px solid var(--line); border-radius: 2px;
          background: linear-gradient(var(--blue) 0 34%, #ffffff 34% 66%, var(--red) 66%);
        }
        .mark-name {
          font-weight: 700; font-size: 0.8125rem; letter-spacing: 0.01em;
          text-transform: uppercase;
        }
        .mark-motto {
          margin-top: 0.375rem; font: italic 0.6875rem/1.2 Georgia, "Liberation Serif", serif;
        }
        .product { display: block; color: inherit; text-decoration: none; }
        .product:hover .product-name { text-decoration: underline; }
        .product-name {
          display: block; font-size: 1.25rem; font-weight: 800; letter-spacing: 0.02em;
          line-height: 1.2;
        }
        .product-slogan { display: block; color: var(--grey); font-size: 0.875rem; }
        .user { font-size: 0.875rem; line-height: 1.4; }
        .user p { margin: 0; }
        .user-name { font-weight: 700; }
        .user-icon {
          display: inline-flex; margin-left: 0.375rem; padding: 0.25rem; vertical-align: middle;
          border-radius: 50%; background: var(--blue-mist);
        }
        .user-detail { color: var(--grey); }
        .user-links { display: flex; flex-wrap: wrap; margin: 0.25rem -0.75rem 0; }
        .tabs { border-bottom: 1px solid var(--line); background: var(--paper); }
        .tabs ul {
          display: flex; flex-wrap: wrap; max-width: 60rem; margin: 0 auto; padding: 0 0.25rem;
          list-style: none;
        }
        .tabs:has(+ .content-wide) ul { max-width: 78rem; }
        .tabs a {
          display: block; padding: 0.875rem 0.75rem; border-bottom: 3px solid transparent;
          color: var(--ink); text-decoration: none;
        }
        .tabs a:hover { background: var(--ground); }
        .tabs a[aria-current] {
          border-bottom-color: var(--blue); color: var(--blue); font-weight: 700;
        }
        /* Three of them stand in one row. */
        @media (max-width: 35.99rem) {
          .tabs a { padding-left: 0.5rem; padding-right: 0.5rem; font-size: 0.9375rem; }
        }
        .content {
          flex: 1 0 auto; width: 100%; max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 3rem;
        }
        .content-wide { max-width: 78rem; }
        .content-narrow { max-width: 34rem; }
        body:has(> .content-narrow) { background: var(--ground); }
        .content-narrow h1 { font-size: 1.625rem; }
        .site-footer {
          border-top: 2px solid var(--blue); background: var(--paper); font-size: 0.875rem;
        }
        .footer-inside {
          display: flex; flex-wrap: wrap; align-items: center; gap: 1rem 2rem;
          max-width: 78rem; margin: 0 auto; padding: 1.5rem 1rem;
        }
        .footer-links {
          display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; list-style: none; flex: 1 1 auto;
        }
        .footer-links a { display: inline-block; padding: 0.25rem 0; color: var(--ink); }
        .version { color: var(--grey); }
        @media (min-width: 48rem) {
          .header-inside, .footer-inside { padding-left: 2rem; padding-right: 2rem; }
          .tabs ul { padding: 0 1.25rem; }
          .content { padding: 3rem 2rem 4rem; }
          .product { padding-left: 1.5rem; border-left: 1px solid var(--line); }
          .user { text-align: right; }
          .user-links { justify-content: flex-end; }
        }

        """#

    /// Headings and running text.
    static let text: StaticString = #"""
        h1 {
          font-size: 1.625rem; line-height: 1.2; letter-spacing: -0.01em; margin-bottom: 1.5rem;
          text-wrap: balance;
        }
        h2 { font-size: 1.25rem; line-height: 1.3; margin: 2rem 0 1rem; }
        h3 { font-size: 1.0625rem; line-height: 1.4; margin: 1.5rem 0 0.5rem; }
        h4 { font-size: 1rem; line-height: 1.4; margin: 1rem 0 0.5rem; }
        h2:first-child, h3:first-child { margin-top: 0; }
        p + p, p + ul, ul + p, p + ol, ol + p, ul + ol, ol + ul { margin-top: 0.75rem; }
        p + form, ul + form, form + form { margin-top: 1.5rem; }
        p + section, nav + section, section + section, section + p { margin-top: 2rem; }
        main ul, main ol, .dialog ul { padding-left: 1.25rem; }
        main li + li { margin-top: 0.25rem; }
        main li::marker { color: var(--blue); }
        .lead { font-size: 1.125rem; margin-bottom: 1.5rem; }
        .overline {
          color: var(--grey); font-size: 0.875rem; font-weight: 700; margin-bottom: 0.25rem;
        }
        .overline + h1 { margin-top: 0; }
        .hint { color: var(--grey); font-size: 0.875rem; }
        .empty {
          padding: 1.5rem; border: 1px dashed var(--edge); border-radius: var(--round);
          color: var(--grey); text-align: center;
        }
        code, kbd {
          font: 0.9375em/1.4 ui-monospace, "SFMono-Regular", Menlo, "Liberation Mono", monospace;
        }
        code { padding: 0.125em 0.375em; background: var(--ground); border-radius: 2px; }
        pre { margin: 0.75rem 0; overflow-x: auto; }
        blockquote { margin: 0.75rem 0; padding-left: 1rem; border-left: 4px solid var(--line); }
        hr { margin: 2rem 0; border: 0; border-top: 1px solid var(--line); }
        @media (min-width: 48rem) {
          h1 { font-size: 2rem; }
          h2 { font-size: 1.375rem; }
        }

        """#
}
