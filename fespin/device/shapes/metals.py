"""Materials of the shipped devices: lines of TOML with their source beside each number.

They are explicit in every device file so that a user can change them there. Values that were not read in the
named source say so.
"""

from __future__ import annotations

COPPER = (
    'kind = "normal"',
    'resistivity = "2.9 uohm cm"           # a thin film at room temperature, chosen; put in your own',
    'spin_diffusion_length = "350 nm"      # at 300 K, Jedema et al, Nature 410, 345 (2001), to be confirmed',
)

COBALT = (
    'kind = "ferromagnet"',
    'resistivity = "21 uohm cm"            # chosen; put in your own',
    'spin_diffusion_length = "38 nm"       # at 300 K, Piraux et al, EPJ B 4, 413 (1998), to be confirmed',
    "polarization = 0.36                   # chosen; put in your own",
)

PERMALLOY = (
    'kind = "ferromagnet"',
    'resistivity = "25 uohm cm"            # a thin film at room temperature, chosen; put in your own',
    'spin_diffusion_length = "3.64 nm"     # 0.91(4) fohm m^2 / resistivity, Sagasta et al, arXiv:1904.01921',
    "polarization = 0.35                   # chosen; put in your own. Compare",
    "                                      #   0.65(10) in multilayers, Holody et al, PRB 58, 12230 (1998)",
)


def model_metal(conductivity: str, spin_diffusion_length: float) -> tuple[str, ...]:
    """Write a normal metal of round numbers, for devices that exist to be compared with a closed form."""
    return (
        'kind = "normal"',
        f'conductivity = "{conductivity}"          # a round number: G is proportional to it',
        f'spin_diffusion_length = "{spin_diffusion_length:.10g} nm"',
    )


MODEL_FERROMAGNET = (
    'kind = "ferromagnet"',
    'resistivity = "20 uohm cm"            # the round numbers of a closed form, not a metal:',
    'spin_diffusion_length = "5 nm"        # rho_F = 2, l_F = 0.5, beta = 0.6 in 1e-7 ohm m and 10 nm',
    "polarization = 0.6",
)

MODEL_SPACER = (
    'kind = "normal"',
    'resistivity = "5 uohm cm"             # rho_N = 0.5, l_N = 1.3 in the same units',
    'spin_diffusion_length = "13 nm"',
)
