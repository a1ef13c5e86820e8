import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as otraVuelta } from 'node:timers/promises'
import { alDrenar, CAUSA, idsDe, unMensaje } from '../../../pruebas/contrato_broker/banco.ts'
import { mulberry32 } from '../../../pruebas/entorno_virtual.ts'
import type { Azar } from '../../puertos.ts'
import type { Consumidor, Entrega } from '../puerto.ts'
import { abrirBancoEmbebido, type BancoEmbebido } from './banco_de_prueba.ts'
import { contarRepetidos, hacerEfecto, leerEfectos, migracionesDeEfectos } from './efectos_de_prueba.ts'

const TOPICO = 'eventos'
const LLAVES = 6

type Historia = Readonly<{ publicados: Set<string>; reintentados: Set<string> }>

/** Falla, rechaza, aparta o hace su efecto, y a veces lo deshace. Lo hace con el almacén de la vida en que se le llamó. */
const manejadorAlAzar =
  ({ almacen }: BancoEmbebido, azar: Azar) =>
  async (entrega: Entrega): Promise<void> => {
    for (let n = azar() * 3; n > 1; n--) await otraVuelta()
    const suerte = azar()
    if (suerte < 0.06) throw new Error('falló')
    if (suerte < 0.14) return entrega.rechazar(azar() * 5_000, CAUSA)
    if (suerte < 0.16) return entrega.apartar(CAUSA)
    await almacen.ejecutar(async (tx) => {
      await hacerEfecto(tx, entrega)
      if (suerte < 0.22) throw new Error('la tx se deshizo')
    }, 'consumidor')
  }

/** Publica unos cuantos en una tx, a veces de otro tópico, y a veces la deshace. Dice cuáles quedaron. */
const publicadorAlAzar = (azar: Azar) => {
  let numero = 0
  return async ({ ejecutar, broker }: BancoEmbebido): Promise<string[]> => {
    const mensajes = Array.from({ length: 1 + Math.floor(azar() * 12) }, () => {
      const id = String(++numero).padStart(6, '0')
      return unMensaje({ topico: azar() < 0.1 ? 'otro' : TOPICO, id, llave: `k${numero % LLAVES}` })
    })
    const seDeshace = azar() < 0.1
    const publicacion = ejecutar(async (tx) => {
      await broker.publicar(tx, mensajes)
      if (seDeshace) throw new Error('deshecha')
    })
    if (!seDeshace) await publicacion
    else await assert.rejects(publicacion, /deshecha/)
    return seDeshace ? [] : idsDe(mensajes.filter(({ topico }) => topico === TOPICO))
  }
}

/** Un proceso al que le pasa de todo: tráfico, consumidores que entran y salen, tiempo, cierres, caídas y reintentos. */
const vivir = async (banco: BancoEmbebido, azar: Azar, pasos: number): Promise<Historia> => {
  const historia = { publicados: new Set<string>(), reintentados: new Set<string>() }
  const publicar = publicadorAlAzar(azar)
  const consumidores: Consumidor[] = []
  const unir = async (): Promise<void> => {
    const manejar = manejadorAlAzar(banco, azar)
    const permisos = 1 + Math.floor(azar() * 8)
    consumidores.push(
      await banco.broker.suscribir({ topico: TOPICO, nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos, manejar }),
    )
  }
  const salir = async (salida: 'reabrir' | 'caer'): Promise<void> => {
    consumidores.length = 0
    await banco[salida]()
    if (azar() < 0.8) await unir()
  }
  const reintentar = async (): Promise<void> => {
    for (const { mensaje } of await banco.broker.apartados.ver({})) historia.reintentados.add(mensaje.id)
    await banco.broker.apartados.reintentar({})
  }
  const acciones: readonly (readonly [number, () => Promise<unknown>])[] = [
    [0.5, async () => (await publicar(banco)).forEach((id) => void historia.publicados.add(id))],
    [0.64, () => banco.pasar(azar() * 2_000)],
    [0.78, () => banco.pasar(azar() * 10)],
    [0.86, unir],
    [0.92, async () => void consumidores.shift()?.cerrar()],
    [0.96, () => salir('caer')],
    [0.98, () => salir('reabrir')],
    [1, reintentar],
  ]
  await unir()
  for (let paso = 0; paso < pasos; paso++) {
    const suerte = azar()
    await acciones.find(([hasta]) => suerte < hasta)?.[1]()
  }
  await unir()
  return historia
}

for (let semilla = 1; semilla <= 5; semilla++)
  test(`pase lo que pase (semilla ${semilla}), cada mensaje hace su efecto una vez o queda apartado, y cada llave va en orden`, async () => {
    const banco = await abrirBancoEmbebido({ migraciones: [migracionesDeEfectos] })
    const { publicados, reintentados } = await vivir(banco, mulberry32(semilla), 150)
    await alDrenar(banco)
    const efectos = await banco.almacen.lector.todas(leerEfectos, {})
    const apartados = await banco.broker.apartados.ver({})
    const desenlaces = [...efectos.map(({ mensaje }) => mensaje), ...idsDe(apartados.map(({ mensaje }) => mensaje))]
    assert.deepEqual(desenlaces.toSorted(), [...publicados].toSorted())
    assert.ok(apartados.every(({ causa }) => causa.codigo === CAUSA.codigo || causa.codigo === 'mato_al_proceso'))
    for (const [llave, suyos] of Map.groupBy(efectos, (efecto) => efecto.llave)) {
      const ids = suyos.map(({ mensaje }) => mensaje).filter((id) => !reintentados.has(id))
      assert.deepEqual(ids, ids.toSorted(), `la llave ${llave}`)
    }
    assert.equal((await banco.almacen.lector.una(contarRepetidos, {}))?.total, 0)
    assert.deepEqual(banco.fallas, [])
    await banco.cerrar()
  })
