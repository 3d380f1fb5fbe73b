import HTTPTypes
import NIOCore

/// Responses into the bytes of HTTP/1.1, with the protective header fields of `SecurityHeaders`.
///
/// Written by hand because most of what is sent never changes: the default fields are one block of
/// bytes, copied at once unless the response has a field of its own in place of one.
struct ResponseEncoding: Sendable {
    private struct Default: Sendable {
        var name: HTTPField.Name
        var line: [UInt8]
    }

    private let defaults: [Default]
    private let block: [UInt8]

    init(_ headers: SecurityHeaders) {
        defaults = headers.fields.map {
            Default(name: $0.name, line: Array("\($0.name.rawName): \($0.value)\r\n".utf8))
        }
        block = defaults.flatMap(\.line)
    }

    /// What a response's bytes depend on besides the response.
    struct Circumstances {
        var isHead: Bool
        /// HTTP/1.0 needs to be told that the connection stays open.
        var isOld: Bool
        var closes: Bool
        /// `Date: …` with its line end.
        var dateLine: [UInt8]
    }

    /// Bodies up to this size travel in one buffer with their header.
    private static let copiedBytesMax = 4_096

    /// The response as one or two buffers, to be sent in order.
    func encode(
        _ status: HTTPResponse.Status, _ fields: HTTPFields, _ body: ByteBuffer,
        _ circumstances: Circumstances
    ) -> (ByteBuffer, ByteBuffer?) {
        let hasNoBody = status.code == 204 || status.code == 304 || circumstances.isHead
        let copies = !hasNoBody && body.readableBytes <= Self.copiedBytesMax
        var bytes = ByteBuffer()
        bytes.reserveCapacity(768 + (copies ? body.readableBytes : 0))
        writeStatus(status, to: &bytes)
        var overridden: UInt32 = 0  // a bit for each default that the response has a field for
        var announcedLength: String?
        for field in fields {
            switch field.name {
            case .contentLength:
                announcedLength = field.value
                continue
            case .transferEncoding, .connection, .date:
                continue  // the connection's own affair
            default:
                break
            }
            for index in defaults.indices where defaults[index].name == field.name {
                overridden |= 1 << UInt32(index)
            }
            bytes.writeString(field.name.rawName)
            bytes.writeStaticString(": ")
            bytes.writeString(field.value)
            bytes.writeStaticString("\r\n")
        }
        if overridden == 0 {
            bytes.writeBytes(block)
        } else {
            for index in defaults.indices where overridden & (1 << UInt32(index)) == 0 {
                bytes.writeBytes(defaults[index].line)
            }
        }
        bytes.writeBytes(circumstances.dateLine)
        if status.code != 204 && status.code != 304 {
            bytes.writeStaticString("Content-Length: ")
            // A HEAD answer announces what GET would have sent.
            let isAnnounced = circumstances.isHead && body.readableBytes == 0
            bytes.writeString((isAnnounced ? announcedLength : nil) ?? String(body.readableBytes))
            bytes.writeStaticString("\r\n")
        }
        if circumstances.closes {
            bytes.writeStaticString("Connection: close\r\n")
        } else if circumstances.isOld {
            bytes.writeStaticString("Connection: keep-alive\r\n")
        }
        bytes.writeStaticString("\r\n")
        if hasNoBody || body.readableBytes == 0 { return (bytes, nil) }
        guard copies else { return (bytes, body) }
        bytes.writeImmutableBuffer(body)
        return (bytes, nil)
    }

    private func writeStatus(_ status: HTTPResponse.Status, to bytes: inout ByteBuffer) {
        if status.code == 200 {
            bytes.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            bytes.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        }
    }
}
