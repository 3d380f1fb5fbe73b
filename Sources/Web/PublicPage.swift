/// The pages that everybody may read, below the issuer; mails and footers lead to them.
public enum PublicPage {
    public static let contact = "/contact"
    public static let legal = "/mentions-legales"
    public static let help = "/aide"
}
