@main struct EduConnect { static func main() {} }
