// Somebody with the simulated iPhone in hand: reads each code there and types it into the service.
// Usage: node demo-phone.mjs ADDRESS_OF_THE_SIMULATED_ICLOUD ADDRESS_OF_THE_SERVICE; WEB_TOKEN lets it in.
import { setTimeout as sleep } from 'node:timers/promises';

const [icloud, service] = process.argv.slice(2);
const headers = { authorization: `Bearer ${process.env.WEB_TOKEN ?? ''}` };
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));

let typed;
for (;;) {
  await sleep(500);
  try {
    const { code } = await (await fetch(`${icloud}/simulator/code`)).json();
    if (code === null || code === typed) continue;
    const answer = await fetch(`${service}/mfa?code=${code}`, { method: 'POST', headers });
    if (!answer.ok) continue; // not waiting for it yet, or not up yet
    typed = code;
    console.log(`The iPhone shows ${code}: typed it in. By hand: docker exec photos-sync-demo enter_mfa ${code}`);
  } catch {
    // One of the two is still starting.
  }
}
