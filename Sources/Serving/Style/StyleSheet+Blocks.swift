extension StyleSheet {
    /// Notices, tiles, tables and what else a page is composed of.
    static let blocks: StaticString = #"""
        .notice {
          margin: 0 0 1.5rem; padding: 0.875rem 1rem; border: 1px solid; border-left-width: 6px;
          border-radius: var(--round);
        }
        .notice > * { color: var(--ink); }
        .notice > .notice-title { font-weight: 700; color: inherit; }
        .notice-title + p, .notice-title + ul { margin-top: 0.25rem; }
        .notice-title:not(:has(> :not(.unseen))) + p { margin-top: 0; }
        .notice-error {
          border-color: var(--error); background: var(--error-mist); color: var(--error);
        }
        .notice-warning {
          border-color: var(--warning); background: var(--warning-mist); color: var(--warning);
        }
        .notice-success {
          border-color: var(--success); background: var(--success-mist); color: var(--success);
        }
        .notice-information {
          border-color: var(--information); background: var(--information-mist);
          color: var(--information);
        }
        .card {
          padding: 1.25rem; border: 1px solid var(--line); border-radius: 0.5rem;
          background: var(--paper);
        }
        .card + .card { margin-top: 1.5rem; }
        .card h2 { margin-bottom: 1rem; }
        .behind { display: contents; }
        .veil {
          position: fixed; inset: 0; display: grid; padding: 1rem; overflow: auto;
          background: rgb(22 22 22 / 64%);
        }
        .dialog {
          position: static; width: 100%; max-width: 34rem; margin: auto; padding: 1.5rem; border: 0;
          border-radius: 0.5rem; background: var(--paper); color: var(--ink);
        }
        .panel { padding: 1.25rem; border-radius: 0.5rem; background: var(--blue-mist); }
        .panel + .panel { margin-top: 1.5rem; }
        .tiles {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr));
          gap: 1rem; margin: 1rem 0 2rem;
        }
        main ul.tiles { padding: 0; list-style: none; }
        main ul.tiles li + li { margin-top: 0; }
        .tiles:has(> .child) {
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr));
        }
        .tile {
          position: relative; display: flex; align-items: center; gap: 1rem; padding: 1.25rem;
          border: 1px solid var(--line); border-bottom: 3px solid var(--blue);
          border-radius: var(--round) var(--round) 0 0;
          background: var(--paper);
        }
        .tile:hover { background: var(--blue-mist); }
        .tile-link { color: var(--blue); font-weight: 700; text-decoration: none; }
        .tile-link::after { content: ""; position: absolute; inset: 0; }
        .tile-link:focus-visible { outline: none; }
        .tile-link:focus-visible::after { outline: 3px solid var(--focus); outline-offset: 2px; }
        .tile-text { min-width: 0; }
        .tile-icon { flex: none; width: 3rem; height: 3rem; color: var(--blue); }
        .child { padding: 1.25rem; border: 1px solid var(--line); border-bottom: 3px solid var(--blue); }
        .child-name { display: flex; align-items: center; gap: 1rem; margin: 0; }
        .child-picture { flex: none; width: 3rem; height: 3rem; color: var(--blue); }
        .services { margin-top: 0.75rem; list-style: none; }
        main .services { padding: 0; }
        .service {
          display: flex; align-items: center; gap: 0.75rem; padding: 0.625rem 0.75rem;
          border-radius: var(--round); background: var(--blue-mist); font-weight: 600;
        }
        .service-icon { flex: none; width: 1.5rem; height: 1.5rem; }
        .table-scroll {
          overflow-x: auto; margin: 1rem 0 1.5rem; border: 1px solid var(--line);
          border-radius: var(--round);
        }
        table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
        caption {
          padding: 0.75rem 1rem; font-weight: 700; text-align: left;
          border-bottom: 1px solid var(--line);
        }
        th, td {
          padding: 0.625rem 1rem; text-align: left; vertical-align: top;
          border-bottom: 1px solid var(--line);
        }
        thead th {
          background: var(--ground); border-bottom: 2px solid var(--blue); font-size: 0.875rem;
          white-space: nowrap;
        }
        tbody th { font-weight: 600; }
        tbody tr:last-child > * { border-bottom: 0; }
        tbody tr:hover { background: var(--blue-mist); }
        /* Its words stand under those of the column. */
        td .button-quiet { margin: -0.375rem -0.75rem; }
        .documents { list-style: none; }
        main .documents { padding: 0; }
        .documents > li { padding: 0.75rem 0; border-top: 1px solid var(--line); }
        .documents a { display: block; width: fit-content; font-weight: 600; }
        .documents .save {
          min-height: 1.5rem; padding: 0.25rem 0; font-size: 0.875rem; font-weight: 400;
        }
        .facts { margin: 1rem 0 1.5rem; border-top: 1px solid var(--line); }
        .facts > div {
          display: grid; gap: 0 1.5rem; padding: 0.625rem 0; border-bottom: 1px solid var(--line);
        }
        .facts dt { color: var(--grey); font-size: 0.9375rem; }
        .facts dd { font-weight: 500; }
        .steps { margin-bottom: 1.5rem; }
        .steps-title { font-weight: 700; margin-top: 0; }
        .steps-bar { display: flex; gap: 0.375rem; margin-top: 0.625rem; }
        .steps-bar span { flex: 1; height: 0.375rem; border-radius: 1rem; background: var(--line); }
        .steps-bar .done { background: var(--blue); }
        @media (max-width: 35.99rem) {
          table, caption, tbody, tbody tr, tbody th, tbody td { display: block; }
          thead {
            position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          }
          tbody tr { padding: 0.625rem 0; border-bottom: 1px solid var(--line); }
          tbody tr:last-child { border-bottom: 0; }
          caption { padding-left: 0.75rem; padding-right: 0.75rem; }
          tbody th, tbody td { padding: 0.125rem 0.75rem; border-bottom: 0; }
          tbody td::before {
            content: attr(data-column) "\00a0: "; color: var(--grey); font-size: 0.875rem;
          }
          tbody td form { display: inline; }
        }
        /* The colour and measures that FranceConnect asks of its button. */
        .content-narrow form .franceconnect {
          display: inline-flex; flex-direction: column; justify-content: center; width: 15.3rem;
          min-height: 3.5rem; padding: 0.25rem 1.5rem; border: 0; border-radius: 0;
          background: #000091; color: #ffffff; font: inherit; text-align: left; cursor: pointer;
        }
        .content-narrow form .franceconnect:hover { background: #1212ff; }
        .franceconnect-login { font-size: 0.875rem; line-height: 1.2; }
        .franceconnect-brand { font-size: 1.125rem; font-weight: 700; line-height: 1.2; }
        .upstream-link { margin-top: 0.5rem; font-size: 0.75rem; }
        @media (min-width: 36rem) {
          .card { padding: 2rem; }
          .facts > div { grid-template-columns: minmax(11rem, 1fr) 2fr; }
        }

        """#

    /// A page on paper: what can't be clicked there is left out.
    static let print: StaticString = #"""
        @media print {
          @page { margin: 18mm; }
          body { display: block; font-size: 10.5pt; }
          .skip, .tabs, .user-links, .footer-links, form .button, .buttons, .help-mark { display: none; }
          .content { max-width: none; padding: 6mm 0; }
          .site-header, .site-footer { border-color: #000000; }
          .card, .tile, .child, .notice, tr { break-inside: avoid; }
          .table-scroll { overflow: visible; border: 0; }
          thead { display: table-header-group; }
          main a[href^="http"]::after { content: " (" attr(href) ")"; font-size: 0.875em; }
        }
        """#
}
