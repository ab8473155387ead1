"""Which forms a jungle had better not say: English words, and rude ones in the large languages.

Reads english.bin: the sorted first three bytes of the SHA-256 of each English word of up to
10 letters that the pool of sounds can spell. The rude words are kept as salted hashes too, so that
nobody need read them; most are refused anywhere in a word, some only as a whole word.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ENGLISH = Path(__file__).with_name("english.bin")
ANYWHERE = frozenset(
    (
        "019b9ac9 01fad42d 0373d7d4 03b17562 03f1d950 04107757 04442015 051520a3 069c4d28 "
        "077a1f9e 0a62f6a9 0baad7cd 0c236447 0d26fb2b 0d41078f 0d840b03 0eb733ea 10bc1d22 "
        "1172abe3 11b1ebdc 12f6d4c1 13823d86 138614db 15ca8103 15fde845 171d6051 17e896ff "
        "1881bb7d 18acdfc7 18f5042b 1e22e1cf 1ea855ab 1eb02947 1f041898 1f56d463 1fa44cae "
        "2148e213 22975db3 23f37f58 24c39f5a 24e9af90 253af0ef 25ba33a1 28137e14 29da7dc3 "
        "29f68cb0 2ac6a96a 2c0cb4f7 2ca87081 2f4e0708 2f955e8b 31addf90 31f57336 321876d6 "
        "32318d04 330ac965 3332283c 357a485b 37216141 37857f42 37d3fcd2 3844c6ae 3a380be1 "
        "3a3cd446 3c25e392 3c3a47d4 3e6488f1 3e856fb6 3f0525c5 4077acb0 418ea3b8 4284f539 "
        "42af1330 42d33226 4333e141 4343710d 44c58748 45d7782f 46134084 489159a9 4a20b35e "
        "4b68569c 4ef5be37 518ee651 52b1c3f4 53aa7c91 53ea9a4e 54e21b09 5535edcb 55433f02 "
        "57541115 584bb5e0 58bce28f 59458ed9 5b7d847b 5ca204fe 5f3e06a0 5fafcd6b 6173fca5 "
        "62bab64e 6338ec0c 638d1cad 65c0687a 65f567ba 67620a76 678a880d 684aca16 6be627e4 "
        "6cf87bf4 6d2c74cd 6d8bd054 6d97bcaf 6ed0cf06 6ef01a93 6efb079a 72fab759 767159ab "
        "76c0c0f9 77165b03 782a1ac9 797a7d16 7aa1ba7a 7ac0497d 7dba4eca 7dc4401b 7f11f575 "
        "7f18b978 7f67ba03 809bb8c1 80a8dfbe 80fef1e3 8262861b 8432d288 8471ea35 85ce3c42 "
        "8703d122 872a5197 888bfaa1 8a4554ef 8bca4303 8c11c53c 8d2b9b8a 8e78f705 90a5b778 "
        "9129f189 92c93ceb 940e860a 964b241e 97af8e71 993c393a 99735965 9babe240 9c662642 "
        "9da59a86 9e21a301 9f3c8d1f 9f83df43 a1499ff7 a158df4b a2ad6466 a4fd7779 a6e1f665 "
        "a7ef8fa2 a884f134 a8c09dd6 aa95078a aa9c2fe5 ac059e62 ace01762 adf0aa68 ae72cb14 "
        "afc14898 b0780df8 b0dc524c b143ba55 b15c8e9c b17a43dd b1e96f14 b2844877 b39fe6a2 "
        "b5170671 b5dc6dcb b60882a9 b83f3d81 b996904f b9baba68 bbf567e1 bd7128a0 bdd79f36 "
        "bfdf2205 c02a291e c2c400be c627f9c3 c665f73d c705ac89 c98750da ca4221c0 ca558d59 "
        "cb0d1d51 cb2ddc12 cb34ea84 cd36ecf7 ce66c654 cfcfdf0b cfea5515 d16a82b8 d1de1c59 "
        "d34c0812 d50c9199 d57a2d65 d5db8445 d64acf87 d78234c1 d7f31c36 d805d3da d8314c75 "
        "d99bb4e0 da39a7bf daf51ab3 dcb668d9 dcfd13ed dfe10462 e19f8ea5 e2dae6a4 e365320a "
        "e41a18f5 e4e6ee4d e78a2e6d e7a9a900 e869187e ea044e09 ea6b12fc eb795331 ebb75bd9 "
        "ed3b3894 eeea9bef f23763a8 f38466af f6777a4c f7e2cc1e f8e0d512 f930ce61 f93e0db1 "
        "f96357ba fb6cf47a fd533021 fe759e74 "
    ).split()
)
WHOLE = frozenset(
    (
        "038dbf83 061ae327 06dc933c 09abd142 0b1d58f9 0d85c9d3 0e9a071b 0fa042f3 1027ac1a "
        "14a3824a 161559d8 16cdb088 178b0fdd 18dd7ad0 18dff7d1 1b528f95 1e0ba2b8 24044d19 "
        "292f9207 2a8023f9 2fe43610 372e86f7 37e44707 38238306 38b1d415 39005471 3fb1ff0e "
        "485d6ca9 4e465873 50749bd6 574efca6 59953dff 5a3a039b 5ad5b1be 5c7d7f20 6ba72f47 "
        "6ead25d0 721a18b6 76de8298 794c5f35 79baa078 7a7285c1 7ac76d1b 800e8b73 8a573639 "
        "8ba2c190 8c7d6706 8ebe4ecc 914b820d 915c3f10 9293b122 943ad98c 952518dc 9823dd0a "
        "a02b12dc a852a9f4 acbc3068 befb6288 bf7d3e56 c1986f1a c4572ae8 c6c3d154 caf63fa5 "
        "cb9c510d cfd291fc d0526ced d200149a d202378c d25d4c52 d2a790c9 d7100e94 dc86157e "
        "e5e91602 f22f2ee3 f877923c facab91a fd3a3be2 "
    ).split()
)
SHORTEST, LONGEST = 3, 8


@cache
def _read_english() -> frozenset[bytes]:
    data = ENGLISH.read_bytes()
    return frozenset(data[at : at + 3] for at in range(0, len(data), 3))


def is_english(word: str) -> bool:
    """True for an English word (about one in 700 others is taken for one, to no harm)."""
    return hashlib.sha256(word.encode()).digest()[:3] in _read_english()


@cache
def _salted(text: str) -> str:
    return hashlib.sha256(f"postcard:{text}".encode()).hexdigest()[:8]


def is_rude(word: str) -> bool:
    """True if the word is rude, or holds something rude, in a large language."""
    if _salted(word) in WHOLE:
        return True
    return any(
        _salted(word[at : at + width]) in ANYWHERE
        for width in range(SHORTEST, LONGEST + 1)
        for at in range(len(word) - width + 1)
    )


def is_clean(word: str) -> bool:
    """True for a word that is neither English nor rude."""
    return not is_english(word) and not is_rude(word)
