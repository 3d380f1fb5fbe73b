@main struct LSU { static func main() {} }
