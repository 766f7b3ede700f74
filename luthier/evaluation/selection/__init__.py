"""Is what selectors choose worth more than as many random rows?"""
