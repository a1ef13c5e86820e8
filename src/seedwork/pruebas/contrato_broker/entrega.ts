import assert from 'node:assert/strict'
import { setImmediate as otraVuelta } from 'node:timers/promises'
import type { Entrega } from '../../infraestructura/broker/puerto.ts'
import { mulberry32 } from '../entorno_virtual.ts'
import { alDrenar, apuntar, cuando, idsDe, leerAlgunos, nombreNuevo, type Prueba, publicar, puerta, serie, unMensaje } from './banco.ts'

/** `[llave, id]` con identificadores que crecen dentro de cada llave. */
const repartidos = (cuantos: number, llaves: number): [string, string][] =>
  Array.from({ length: cuantos }, (_, i) => [`k${i % llaves}`, String(i).padStart(6, '0')])

/** Ningún mensaje dos veces, y cada llave en el orden en que se publicó. */
const exigirOrdenPorLlave = (entregas: readonly Entrega[]): void => {
  const porLlave = Map.groupBy(entregas, ({ mensaje }) => mensaje.llave)
  for (const [llave, suyas] of porLlave) {
    const ids = suyas.map(({ mensaje }) => mensaje.id)
    assert.deepEqual(ids, [...new Set(ids)].sort(), `la llave ${llave}`)
  }
}

/** Un manejador que tarda unas vueltas al azar, y cuenta cuántos corren a la vez, en total y por llave. */
const alAzar = (semilla: number) => {
  const azar = mulberry32(semilla)
  const corriendo: (string | null)[] = []
  const maximos = { total: 0, porLlave: 0 }
  const manejar = async ({ mensaje: { llave } }: Entrega): Promise<void> => {
    corriendo.push(llave)
    maximos.total = Math.max(maximos.total, corriendo.length)
    maximos.porLlave = Math.max(maximos.porLlave, corriendo.filter((otra) => otra === llave).length)
    for (let vueltas = azar() * 5; vueltas > 0; vueltas--) await otraVuelta()
    corriendo.splice(corriendo.indexOf(llave), 1)
  }
  return { manejar, maximos }
}

export const contratoDeReparto = (prueba: Prueba): void => {
  prueba('orden_por_llave: con Key_Shared cada llave va en orden y de una en una, aunque haya varios consumidores', async (banco) => {
    const topico = nombreNuevo()
    const { manejar, maximos } = alAzar(1)
    const comun = { topico, tipo: 'Key_Shared', permisos: 8, manejar } as const
    const consumidores = [await apuntar(banco, comun), await apuntar(banco, comun), await apuntar(banco, comun)]
    const mensajes = repartidos(300, 7)
    for (let i = 0; i < mensajes.length; i += 25) await publicar(banco, topico, mensajes.slice(i, i + 25))
    await cuando(banco, 'llegan todos', () => consumidores.reduce((n, { entregas }) => n + entregas.length, 0) === 300)
    await alDrenar(banco)
    assert.equal(maximos.porLlave, 1)
    assert.ok(maximos.total > 1, 'las llaves distintas no corrieron en paralelo')
    for (const { entregas } of consumidores) {
      assert.ok(entregas.length > 0, 'un consumidor no recibió nada')
      exigirOrdenPorLlave(entregas)
    }
  })

  prueba('orden_por_llave: una llave lenta no detiene a las demás', async (banco) => {
    const topico = nombreNuevo()
    const lenta = puerta()
    const { ids } = await apuntar(banco, {
      topico,
      tipo: 'Key_Shared',
      manejar: ({ mensaje }) => (mensaje.id === 'a1' ? lenta.pasar : Promise.resolve()),
    })
    await publicar(banco, topico, [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['b', 'b2'],
      ['c', 'c1'],
    ])
    await cuando(banco, 'pasan las demás', () => ids().length === 4)
    assert.deepEqual(ids().toSorted(), ['a1', 'b1', 'b2', 'c1'])
    lenta.abrir()
    await cuando(banco, 'sigue la lenta', () => ids().length === 5)
    assert.equal(ids().at(-1), 'a2')
  })

  prueba('sin llave no hay orden que guardar: Key_Shared los corre a la vez', async (banco) => {
    const topico = nombreNuevo()
    const juntos = puerta()
    const { ids } = await apuntar(banco, { topico, tipo: 'Key_Shared', manejar: () => juntos.pasar })
    await publicar(banco, topico, serie(5))
    await cuando(banco, 'corren los cinco', () => ids().length === 5)
    juntos.abrir()
    await alDrenar(banco)
  })

  prueba('con Shared cada mensaje va a un solo consumidor, y uno ocupado no detiene a los siguientes de su llave', async (banco) => {
    const topico = nombreNuevo()
    const ocupado = puerta()
    const manejar = ({ mensaje }: Entrega) => (mensaje.id === '1' ? ocupado.pasar : Promise.resolve())
    const consumidores = [
      await apuntar(banco, { topico, manejar }),
      await apuntar(banco, { topico, manejar }),
      await apuntar(banco, { topico, manejar }),
    ]
    await publicar(
      banco,
      topico,
      serie(60).map((id) => ['misma', id] as const),
    )
    const todos = () => consumidores.flatMap(({ ids }) => ids())
    await cuando(banco, 'llegan todos', () => todos().length >= 60)
    ocupado.abrir()
    await alDrenar(banco)
    assert.deepEqual(todos().toSorted(), serie(60).toSorted())
  })

  prueba('ningún consumidor tiene en vuelo más que sus permisos, y los usa', async (banco) => {
    const topico = nombreNuevo()
    const medir = () => {
      const medida = { ahora: 0, maximo: 0 }
      const manejar = async (): Promise<void> => {
        medida.maximo = Math.max(medida.maximo, ++medida.ahora)
        for (let i = 0; i < 4; i++) await otraVuelta()
        medida.ahora--
      }
      return { medida, manejar }
    }
    const [tres, cinco] = [medir(), medir()]
    await publicar(banco, topico, serie(200))
    await apuntar(banco, { topico, permisos: 3, manejar: tres.manejar })
    await apuntar(banco, { topico, permisos: 5, manejar: cinco.manejar })
    await alDrenar(banco)
    assert.deepEqual([tres.medida.maximo, cinco.medida.maximo], [3, 5])
  })

  prueba('una suscripción es de un tipo: unirse con el otro se rechaza', async (banco) => {
    const topico = nombreNuevo()
    const [primera, segunda] = await Promise.allSettled([
      apuntar(banco, { topico, tipo: 'Shared' }),
      apuntar(banco, { topico, tipo: 'Key_Shared' }),
    ])
    assert.deepEqual([primera.status, segunda.status], ['fulfilled', 'rejected'])
  })
}

export const contratoDeAcuse = (prueba: Prueba): void => {
  prueba('el manejador que termina sin saldar acusa; el que lanza recibe el mensaje otra vez', async (banco) => {
    const topico = nombreNuevo()
    const { entregas } = await apuntar(banco, {
      topico,
      manejar: async ({ mensaje, intento }) => {
        if (mensaje.id === 'malo' && intento < 3) throw new Error('todavía no')
      },
    })
    await publicar(banco, topico, ['bueno', 'malo'])
    await cuando(banco, 'llega al tercer intento', () => entregas.length === 4)
    await alDrenar(banco)
    await banco.reabrir()
    const { ids } = await apuntar(banco, { topico })
    await publicar(banco, topico, ['otro'])
    await cuando(banco, 'llega otro', () => ids().length > 0)
    assert.deepEqual(ids(), ['otro'])
    const intentos = Map.groupBy(entregas, ({ mensaje }) => mensaje.id)
    assert.deepEqual(
      intentos.get('bueno')?.map((e) => e.intento),
      [1],
    )
    assert.deepEqual(
      intentos.get('malo')?.map((e) => e.intento),
      [1, 2, 3],
    )
  })

  prueba('B45 un mensaje que siempre falla no calla a la suscripción', async (banco) => {
    const topico = nombreNuevo()
    const { entregas, ids } = await apuntar(banco, {
      topico,
      permisos: 1,
      manejar: async (entrega) => {
        if (entrega.mensaje.id !== 'malo') return
        if (entrega.intento === 1) throw new Error('siempre')
        await entrega.rechazar(1_000, { codigo: 'x', mensaje: 'siempre' })
      },
    })
    await publicar(banco, topico, ['malo', ...serie(10)])
    await cuando(banco, 'pasan los buenos', () => serie(10).every((id) => ids().includes(id)))
    assert.ok(entregas.some(({ mensaje, intento }) => mensaje.id === 'malo' && intento >= 1))
  })

  prueba('el acuse dentro de la tx es parte de ella: si se deshace, ni efecto ni acuse, y el mensaje vuelve', async (banco) => {
    const [topico, efectos] = [nombreNuevo(), nombreNuevo()]
    const { entregas } = await apuntar(banco, {
      topico,
      manejar: (entrega) =>
        banco.ejecutar(async (tx) => {
          await banco.broker.publicar(tx, [unMensaje({ topico: efectos, id: `efecto-${entrega.mensaje.id}-${entrega.intento}` })])
          await entrega.acusar(tx)
          if (entrega.intento === 1) throw new Error('se deshace')
        }),
    })
    await publicar(banco, topico, ['a'])
    await cuando(banco, 'vuelve', () => entregas.length >= 2)
    await alDrenar(banco)
    await publicar(banco, efectos, ['fin'])
    assert.deepEqual(
      entregas.map((e) => e.intento),
      [1, 2],
    )
    assert.deepEqual(idsDe(await leerAlgunos(banco, { topico: efectos, desde: 'primero' }, 2)), ['efecto-a-2', 'fin'])
  })

  prueba('el acuse de un savepoint que se deshace no acusa', async (banco) => {
    const topico = nombreNuevo()
    const { entregas } = await apuntar(banco, {
      topico,
      manejar: async (entrega) => {
        if (entrega.intento > 1) return
        await banco.ejecutar(async (tx) => {
          const parte = tx.savepoint(async (interior) => {
            await entrega.acusar(interior)
            throw new Error('parte')
          })
          await assert.rejects(parte, /parte/)
        })
        throw new Error('otra vez')
      },
    })
    await publicar(banco, topico, ['a'])
    await cuando(banco, 'vuelve', () => entregas.length === 2)
    await alDrenar(banco)
  })

  prueba('una entrega se salda una sola vez', async (banco) => {
    const topico = nombreNuevo()
    const causa = { codigo: 'x', mensaje: 'x' }
    const saldadas: string[] = []
    const { ids } = await apuntar(banco, {
      topico,
      manejar: async (entrega) => {
        if (entrega.intento > 1) return
        const saldar = {
          acusar: () => banco.ejecutar((tx) => entrega.acusar(tx)),
          rechazar: () => entrega.rechazar(0, causa),
          apartar: () => entrega.apartar(causa),
        }
        await saldar[entrega.mensaje.id as keyof typeof saldar]()
        for (const otraVez of Object.values(saldar)) await assert.rejects(otraVez, /saldado/)
        saldadas.push(entrega.mensaje.id)
      },
    })
    await publicar(banco, topico, ['acusar', 'rechazar', 'apartar'])
    await cuando(banco, 'se saldan y vuelve el rechazado', () => ids().length === 4)
    await alDrenar(banco)
    assert.deepEqual(saldadas.toSorted(), ['acusar', 'apartar', 'rechazar'])
    assert.equal(ids()[3], 'rechazar')
    assert.deepEqual(
      (await banco.broker.apartados.ver({ topico })).map(({ mensaje }) => mensaje.id),
      ['apartar'],
    )
  })
}
