"""The shared eyes: frozen networks that see features in pictures, for families that learn by them.

What trains with an extractor may not be judged by it: `families.base` facts say who trained with
what ("eyes"), and the evaluation leaves such an extractor out.
"""
