import Glibc
func t() -> UInt64 { var x = timespec(); clock_gettime(CLOCK_MONOTONIC,&x); return UInt64(x.tv_sec)*1_000_000_000+UInt64(x.tv_nsec) }
@inline(never) func a(_ n: Int) -> [UInt8] {
 [UInt8](unsafeUninitializedCapacity: n) { b, c in guard let p = b.baseAddress else { return }; arc4random_buf(p, n); c = n } }
@inline(never) func o(_ byteCount: Int) -> [UInt8] {
                var generator = SystemRandomNumberGenerator()
                var bytes = [UInt8]()
                bytes.reserveCapacity(byteCount + 8)
                while bytes.count < byteCount {
                    withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
                }
                bytes.removeLast(bytes.count - byteCount)
                return bytes }
var s = 0
for n in [10, 16, 42] { var t0 = t(); for _ in 0..<200000 { s &+= Int(a(n)[0]) }; print("one", n, (t()-t0)/200000); t0 = t(); for _ in 0..<200000 { s &+= Int(o(n)[0]) }; print("old", n, (t()-t0)/200000) }
