import HTML
import Testing

@Suite("A component's markup")
struct ComponentTests {
    @Test("ties label, hint and error to the field")
    func field() {
        let text = TextField(
            label: "Identifiant", name: "identifier", hint: "Sur votre courrier",
            error: "Champ obligatoire", autocomplete: .username
        ).markup.text
        #expect(text.contains("<label for=\"identifier\">Identifiant<span class=\"required\""))
        #expect(text.contains("id=\"identifier\" name=\"identifier\""))
        #expect(text.contains("aria-invalid=\"true\""))
        #expect(text.contains("aria-describedby=\"identifier-hint identifier-error\""))
        #expect(text.contains("<p class=\"hint\" id=\"identifier-hint\">Sur votre courrier</p>"))
        #expect(
            text.contains("<p class=\"field-error\" id=\"identifier-error\">Champ obligatoire</p>"))
        #expect(text.contains("autocomplete=\"username\""))
    }

    @Test("describes nothing where there is nothing to describe, and says what is optional")
    func plainField() {
        let text = TextField(label: "Adresse", name: "mail", isRequired: false).markup.text
        #expect(!text.contains("aria-"))
        #expect(!text.contains("required"))
        #expect(!text.contains("<span class=\"required\""))
    }

    @Test("sets « ? » beside the label, and its words after field and error (J-B-06, J-B-23)")
    func help() {
        let text = TextField(
            label: "Numéro", name: "n", help: "Celui de la fiche", error: "Champ obligatoire"
        ).markup.text
        #expect(
            text.contains(
                "</label><button class=\"help-mark\" type=\"button\" popovertarget=\"n-help\">?"))
        #expect(text.contains("Aide sur le champ «\u{A0}Numéro\u{A0}»"))
        #expect(
            text.hasSuffix(
                "</p><p class=\"hint help-text\" id=\"n-help\" popover>Celui de la fiche</p></div>")
        )
    }

    @Test("never writes a password back")
    func password() {
        let text = PasswordField(label: "Mot de passe", name: "password").markup.text
        #expect(text.contains("type=\"password\""))
        #expect(!text.contains("value="))
        #expect(text.contains("autocomplete=\"current-password\""))
    }

    @Test("keeps a typed value escaped")
    func value() {
        #expect(
            TextField(label: "x", name: "x", value: "\"><script>").markup.text
                .contains("value=\"&quot;&gt;&lt;script&gt;\""))
    }

    @Test("selects what was chosen")
    func selection() {
        let text = SelectField(
            label: "État", name: "state",
            choices: [.init("a", "Activé"), .init("n", "Non notifié")],
            chosen: ["n"]
        ).markup.text
        #expect(text.contains("<option value=\"n\" selected>Non notifié</option>"))
        #expect(text.contains("<option value=\"a\">Activé</option>"))
    }

    @Test(
        "announces errors and warnings at once, the rest politely",
        arguments: [
            (Notice.Kind.error, "alert", "Erreur"), (.warning, "alert", "Attention"),
            (.success, "status", "Succès"), (.information, "status", "Information"),
        ])
    func notice(kind: Notice.Kind, role: String, spoken: String) {
        let text = Notice(kind, text: "Bonjour").markup.text
        #expect(text.contains("role=\"\(role)\""))
        #expect(text.contains(">\(spoken)\u{A0}:</span>"))
    }

    @Test("posts with its hidden fields, and lets the server speak")
    func form() {
        let text = PostForm(
            action: "/x", id: "f", hidden: [HiddenField(name: "csrf", value: "a'b")]
        ) {
            SubmitButton("Continuer", id: "go", name: "step", value: "2")
        }.markup.text
        #expect(text.hasPrefix("<form action=\"/x\" method=\"post\" id=\"f\" novalidate>"))
        #expect(text.contains("<input type=\"hidden\" name=\"csrf\" value=\"a&#39;b\">"))
        #expect(
            text.contains(
                "<button class=\"button\" type=\"submit\" id=\"go\" name=\"step\" value=\"2\">"))
    }

    @Test("names a table, heads its rows and columns, and says when it is empty")
    func table() {
        let filled = Table(
            caption: "Comptes", columns: ["Élève", "Classe"],
            rows: [[.text("DUPONT Léa"), .text("CM1")]])
        let text = filled.markup.text
        #expect(text.contains("<caption>Comptes</caption>"))
        #expect(text.contains("<th scope=\"col\">Élève</th>"))
        #expect(
            text.contains("<th scope=\"row\">DUPONT Léa</th><td data-column=\"Classe\">CM1</td>"))
        #expect(text.contains("role=\"region\" aria-label=\"Comptes\" tabindex=\"0\""))
        let empty = Table(caption: "Comptes", columns: [], rows: [], emptyText: "Aucun compte.")
        #expect(empty.markup.text == "<p class=\"empty\">Aucun compte.</p>")
    }

    @Test(
        "lists errors by their fields' names, with links to them, and nothing where there are none")
    func summary() {
        var errors = FieldErrors()
        #expect(errors.summary { $0 }.markup.text.isEmpty)
        errors.add("password", "Champ obligatoire")
        errors.add("password", "Trop court")
        errors.add("mail", "Le champ \"Email\" doit être une adresse", brief: "Adresse à corriger")
        let text = errors.summary { $0 == "mail" ? "Email" : "mot de passe**" }.markup.text
        #expect(
            text.contains("<a href=\"#password\">mot de passe\u{A0}: Champ obligatoire</a>"))
        #expect(text.contains("<a href=\"#mail\">Email\u{A0}: Adresse à corriger</a>"))
        #expect(errors["mail"] == "Le champ \"Email\" doit être une adresse")
    }

    @Test("hides a tile's icon from screen readers")
    func tile() {
        let text = Tile(title: "DURAND Alexis", href: "/a", icon: .literal("<svg></svg>")).markup
            .text
        #expect(text.contains("<span class=\"tile-icon\" aria-hidden=\"true\"><svg></svg></span>"))
    }

    @Test("fills as many steps as are done")
    func steps() {
        let text = StepIndicator(step: 2, of: 3, title: "Mes enfants").markup.text
        #expect(text.contains("Étape 2 sur 3"))
        #expect(text.components(of: "class=\"done\"") == 3)
    }
}
