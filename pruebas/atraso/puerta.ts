// npm run pruebas -- R12: un consumidor vuelve y lo esperan cien mil mensajes, en un log de un millón.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cuantil } from '../../bench/estadistica.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { anotados, sembrar } from './siembra.ts'
import { drenar, leerPaginas } from './vida.ts'

const VECES = 3
const ARRANQUE_MS = 2_000
const WAL_MB = 64
const MEGA = 1_048_576
const LIMITE_MS = 120_000
const CORTO = 10_000
const LECTURAS = 500
/** El control: un consumidor que se demora tanto en cada uno que no alcanza a lo que llega. */
const LENTO = { lentoMs: 1_000, limiteMs: 3_000 }

const { values } = parseArgs({
  options: {
    guardados: { type: 'string', default: '1000000' },
    atraso: { type: 'string', default: '100000' },
    llegadas: { type: 'string', default: '1500' },
  },
})
const [guardados, atraso, llegadas] = [Number(values.guardados), Number(values.atraso), Number(values.llegadas)]

const ver = async (largo: string, corto: string): Promise<Visto> => {
  await sembrar(largo, { guardados, atraso })
  await sembrar(corto, { guardados: 0, atraso: CORTO })
  console.error('atraso: sembrado')
  const [enLargo = [], enCorto = []] = await leerPaginas([largo, corto], { desde: [guardados, 0], cuantas: LECTURAS })
  // Una página cuesta menos de un milisegundo: su p99 es de la máquina, y se dice; lo que se exige es la mediana.
  const razonDe = (q: number): number => cuantil(enLargo, q) / cuantil(enCorto, q)
  const razonDeLectura = razonDe(0.5)
  const { arranqueMs, consumidos, segundos, llegaron, walMaximo } = await drenar(largo, { llegadas, limiteMs: LIMITE_MS })
  const hechos = anotados(largo)
  const veces = consumidos / Math.max(1, llegaron)
  const lento = await drenar(corto, { llegadas, ...LENTO })
  const wal = walMaximo / MEGA
  return {
    id: 'R12',
    nombre: 'atraso',
    corridas: consumidos,
    cuentas: {
      guardados,
      atraso,
      hechos,
      arranque_ms: Math.round(arranqueMs),
      drenado_por_llegada: veces.toFixed(1),
      wal_mb: wal.toFixed(1),
      lectura_p50: razonDeLectura.toFixed(2),
      lectura_p99: razonDe(0.99).toFixed(2),
    },
    control: lento.consumidos / Math.max(1, lento.llegaron) < VECES ? 'rojo' : 'verde',
    faltas: [
      ...(arranqueMs > ARRANQUE_MS ? [`el primero se entregó a los ${Math.round(arranqueMs)} ms, y se piden ${ARRANQUE_MS}`] : []),
      ...(consumidos < atraso ? [`en ${LIMITE_MS} ms no se puso al día: ${consumidos} de ${atraso}`] : []),
      ...(hechos < consumidos ? [`consumió ${consumidos} y el archivo dice ${hechos}`] : []),
      ...(veces < VECES ? [`drenó ${veces.toFixed(1)} veces lo que llegaba, y se piden ${VECES}`] : []),
      ...(wal > WAL_MB ? [`el WAL llegó a ${wal.toFixed(1)} MB, y se le permiten ${WAL_MB}`] : []),
      ...(razonDeLectura > 2 ? [`leer una página cuesta ${razonDeLectura.toFixed(2)} veces lo que con ${CORTO}, y se piden 2`] : []),
    ],
    detalle: [
      `consumió ${Math.round(consumidos / segundos)} por segundo mientras llegaban ${Math.round(llegaron / segundos)}: ${veces.toFixed(1)} veces (se pide ${VECES})`,
      `del arranque al primer mensaje: ${Math.round(arranqueMs)} ms (se piden ${ARRANQUE_MS}); WAL ${wal.toFixed(1)} MB la mayor (se permiten ${WAL_MB})`,
      `página p99: ${cuantil(enLargo, 0.99).toFixed(2)} ms; con ${CORTO} mensajes, ${cuantil(enCorto, 0.99).toFixed(2)} ms`,
    ],
  }
}

const carpetas = ['largo-', 'corto-'].map((nombre) => mkdtempSync(join(tmpdir(), nombre))) as [string, string]
try {
  anunciar(await ver(...carpetas))
} finally {
  for (const carpeta of carpetas) rmSync(carpeta, { recursive: true, force: true })
}
