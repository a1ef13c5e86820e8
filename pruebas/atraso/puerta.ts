// npm run pruebas -- R12: el sistema entero vuelve y a dos de sus consumidores los esperan cien mil eventos, en un log de un millón.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cuantil } from '../../bench/estadistica.ts'
import { conAlcance, conPlazo, decir } from '../fallas/apoyo/alcance.ts'
import { anunciar, type Visto } from '../puerta.ts'
import { faltasDe, hechoEn, sembrar } from './siembra.ts'
import { arrancar, leerPaginas, type Vida } from './vida.ts'

const VECES = 3
/** Las que debe drenar de lo más que el sistema acepta sin nada delante: más que eso no puede llegar nunca. */
const VECES_DEL_MAXIMO = 2
const ARRANQUE_MS = 2_000
const WAL_MB = 64
const MEGA = 1_048_576
const LIMITE_MS = 120_000
const CORTO = 10_000
const LECTURAS = 500
const CARGA_MS = 5_000
const DORMIDAS = 8

const { values } = parseArgs({
  options: { guardados: { type: 'string', default: '1000000' }, atraso: { type: 'string', default: '100000' } },
})
const [guardados, atraso] = [Number(values.guardados), Number(values.atraso)]

/**
 * Lo que llega es lo más que el sistema acepta por HTTP con el atraso delante, que aun así debe menguar; y, para compararlo, lo más que acepta
 * al día. Lo que drena se mide sin que llegue nada: aceptar y consumir son del mismo hilo, y a la vez se reparten lo que hay.
 */
const medir = async (vida: Vida) => {
  const conAtraso = await vida.reservarDurante(CARGA_MS)
  decir(`con el atraso delante llegan ${Math.round(conAtraso.llegaron)} por segundo y se consumen ${Math.round(conAtraso.porSegundo)}`)
  const dormido = await vida.dormitar(DORMIDAS)
  const solo = await vida.drenar(LIMITE_MS)
  decir(`se puso al día a ${Math.round(solo.porSegundo)} por segundo`)
  const alDia = await vida.reservarDurante(CARGA_MS)
  await vida.drenar(LIMITE_MS)
  return { conAtraso, dormido, solo, maximo: alDia.llegaron }
}

const ver = ([largo, corto]: readonly [string, string]): Promise<Visto> =>
  conAlcance(async (alcance) => {
    await sembrar(largo, { guardados, atraso })
    await sembrar(corto, { guardados: 0, atraso: CORTO })
    decir('sembrado')
    const [enLargo = [], enCorto = []] = await leerPaginas([largo, corto], { desde: [guardados, 0], cuantas: LECTURAS })
    // Una página cuesta menos de un milisegundo: su p99 es de la máquina, y se dice; lo que se exige es la mediana.
    const razonDe = (q: number): number => cuantil(enLargo, q) / cuantil(enCorto, q)
    const razonDeLectura = razonDe(0.5)
    const vida = await arrancar(alcance, largo)
    const { conAtraso, dormido, solo, maximo } = await medir(vida)
    const llegan = conAtraso.llegaron
    const alTerminar = await vida.detener()
    const debido = { atraso, aceptados: vida.aceptados() }
    const hecho = hechoEn(largo)
    const [veces, delMaximo, bajoCarga] = [solo.porSegundo / llegan, solo.porSegundo / maximo, conAtraso.porSegundo / llegan]
    const wal = vida.walMaximo() / MEGA
    const seVe = dormido.porSegundo / maximo < VECES_DEL_MAXIMO && faltasDe({ ...hecho, sembradas: hecho.sembradas - 1 }, debido).length > 0
    const { arranqueMs } = vida
    return {
      id: 'R12',
      nombre: 'atraso',
      corridas: hecho.sembradas,
      cuentas: {
        guardados,
        atraso,
        aceptados: debido.aceptados,
        arranque_ms: Math.round(arranqueMs),
        drenado_por_llegada: veces.toFixed(1),
        drenado_por_maximo: delMaximo.toFixed(1),
        bajo_carga: bajoCarga.toFixed(1),
        wal_mb: wal.toFixed(1),
        lectura_p50: razonDeLectura.toFixed(2),
        lectura_p99: razonDe(0.99).toFixed(2),
      },
      control: seVe ? 'rojo' : 'verde',
      faltas: [
        ...faltasDe(hecho, debido),
        ...alTerminar,
        ...(arranqueMs > ARRANQUE_MS ? [`estuvo listo a los ${Math.round(arranqueMs)} ms, y se piden ${ARRANQUE_MS}`] : []),
        ...(veces < VECES ? [`drenó ${veces.toFixed(1)} veces lo que llegaba, y se piden ${VECES}`] : []),
        ...(delMaximo < VECES_DEL_MAXIMO
          ? [`drenó ${delMaximo.toFixed(1)} veces lo más que puede llegar, y se piden ${VECES_DEL_MAXIMO}`]
          : []),
        ...(bajoCarga <= 1 ? [`con todo lo que puede llegar, el atraso no mengua: ${bajoCarga.toFixed(2)}`] : []),
        ...(wal > WAL_MB ? [`el WAL llegó a ${wal.toFixed(1)} MB, y se le permiten ${WAL_MB}`] : []),
        ...(razonDeLectura > 2 ? [`leer una página cuesta ${razonDeLectura.toFixed(2)} veces lo que con ${CORTO}, y se piden 2`] : []),
      ],
      detalle: [
        `drenó ${Math.round(solo.porSegundo)} por segundo cada uno de dos consumidores, y llegaban ${Math.round(llegan)}: ${veces.toFixed(1)} veces (se pide ${VECES}); al día llegan ${Math.round(maximo)}`,
        `mientras llegaba todo lo que puede llegar, consumieron ${bajoCarga.toFixed(1)} veces lo que llegaba: el atraso mengua`,
        `del arranque a estar listo: ${Math.round(arranqueMs)} ms (se piden ${ARRANQUE_MS}); WAL ${wal.toFixed(1)} MB la mayor (se permiten ${WAL_MB})`,
        `página p99: ${cuantil(enLargo, 0.99).toFixed(2)} ms; con ${CORTO} mensajes, ${cuantil(enCorto, 0.99).toFixed(2)} ms`,
        `control: dormido nueve décimas del tiempo drena ${Math.round(dormido.porSegundo)} por segundo, que no alcanza; y una línea de menos se ve`,
      ],
    }
  })

conPlazo(400)
const carpetas = ['largo-', 'corto-'].map((nombre) => mkdtempSync(join(tmpdir(), nombre))) as [string, string]
try {
  anunciar(await ver(carpetas))
} finally {
  for (const carpeta of carpetas) rmSync(carpeta, { recursive: true, force: true })
}
