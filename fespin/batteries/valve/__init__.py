"""x"""
from .stack import SpinValve, half_metal_valve
from .layers import Layer
from .exact import exact_admittance
from .phase import *
from .simulate import *
