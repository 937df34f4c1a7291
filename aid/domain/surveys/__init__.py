"""Families asked afterwards whether aid arrived: who is drawn, what they are asked, and what their answers say of all.

What it is for, before how it works:

A coordinator who calls thirty families on an evening wants the next one at one press, its number large enough to dial,
the words to say, and answers that a thumb gives while she listens. Nobody shall be called twice, or by whoever wrote
the family down or handed out to it. A mother who is tired of it is left in peace.

A member of the committee wants one number that can be trusted: of all families, how many received what the books say.
How sure that is, what it would be at worst, and that nobody chose whom to ask. No names; every "no" has its story.

A mother who is called wants to be sure that no stranger learns of the aid, by her phone or by whoever picks it up. She
wants to be asked in her language, at an hour that suits her, to be free to say nothing, and that something comes of it
when she says that somebody took money from her.
"""
