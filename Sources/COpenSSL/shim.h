#pragma once
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

// BIO_get_mem_data is a macro: what a memory BIO holds, borrowed until the BIO is freed.
static inline long educonnect_bio_bytes(BIO *bio, char **start) {
    return BIO_get_mem_data(bio, start);
}

// Compound macros, not imported by Swift.
static inline int educonnect_selection_public(void) { return EVP_PKEY_PUBLIC_KEY; }
static inline int educonnect_selection_keypair(void) { return EVP_PKEY_KEYPAIR; }

// Parameters keep the addresses of their names, which only C literals have for good.
static inline int educonnect_hmac_sha256_init(EVP_MAC_CTX *context) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_init(context, (const unsigned char *)digest, sizeof digest - 1, parameters);
}
