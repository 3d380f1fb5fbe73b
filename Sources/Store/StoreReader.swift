/// What can be asked of the store inside a body. The operations stand in the files `X+SQL.swift`.
public protocol StoreReading {
    var reader: StoreReader { get }
}

/// The operations that only read. Good for the body that it is given to.
public struct StoreReader: StoreReading {
    let connection: any SQLConnection

    public var reader: StoreReader { self }
}

/// The operations that write, and all that read. Good for the body that it is given to.
public struct StoreWriter: StoreReading {
    let connection: any SQLConnection

    public var reader: StoreReader { StoreReader(connection: connection) }
}

extension StoreReading {
    var connection: any SQLConnection { reader.connection }
}
