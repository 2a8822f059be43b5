/** A filled disc with a tick, in the one colour that is readable on light and dark tabs. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">
<circle cx="10" cy="10" r="9" fill="#1f8365"/>
<path d="M5.8 10.4 8.8 13.3 14.3 7.2" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
`;
