"""Charges that several services share: compute hours, managed disks.

What a node pool, an endpoint and a virtual machine have in common is here, so that
services need not know one another.
"""
