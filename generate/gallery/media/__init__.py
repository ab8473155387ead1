"""Pictures, sounds and icons in the forms that browsers want: site/media/."""
