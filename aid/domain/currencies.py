"""The currencies of ISO 4217 in use on 1 January 2026, and how many digits each has after the point.

Left out: metals, bonds, testing codes and units of account (XAU, XDR, CLF, UYI …), in which nobody donates.
"""

from collections.abc import Mapping
from types import MappingProxyType

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_TWO = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
    KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
    NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
    TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_THREE = "BHD IQD JOD KWD LYD OMR TND"

DIGITS: Mapping[str, int] = MappingProxyType(
    {currency: digits for digits, codes in ((0, _NONE), (2, _TWO), (3, _THREE)) for currency in codes.split()}
)

_GONE_TWO = (
    "ANG ATS AZM BGN CSK CUC CYP DEM EEK FIM FRF GHC HRK IEP LTL LVL MRO MTL MZM NLG PLZ ROL RUR SIT SKK SLL STD"
)
_GONE_NONE = "BEF BYB BYR ESP GRD ITL LUF PTE TRL"

EVER: Mapping[str, int] = MappingProxyType(
    {**DIGITS, **dict.fromkeys(_GONE_TWO.split(), 2), **dict.fromkeys(_GONE_NONE.split(), 0)}
)
"""With those that went out of use: old statements are in them, and nobody is offered them."""
