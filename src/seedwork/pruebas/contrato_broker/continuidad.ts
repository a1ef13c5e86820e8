import assert from 'node:assert/strict'
import { setImmediate as otraVuelta } from 'node:timers/promises'
import type { Consumidor, Entrega } from '../../infraestructura/broker/puerto.ts'
import { mulberry32 } from '../entorno_virtual.ts'
import { alDrenar, apuntar, CAUSA, cuando, nombreNuevo, type Prueba, publicar, puerta, serie } from './banco.ts'

const unaVuelta = async (): Promise<void> => void (await otraVuelta())

export const contratoDeContinuidad = (prueba: Prueba): void => {
  for (const tipo of ['Shared', 'Key_Shared'] as const) {
    prueba(`lo que se juntó sin consumidores (5.000) se entrega una vez cada uno al llegar uno: ${tipo}`, async (banco) => {
      const topico = nombreNuevo()
      const fugaz = await apuntar(banco, { topico, tipo })
      await fugaz.consumidor.cerrar()
      const ids = serie(5_000).map((id) => id.padStart(5, '0'))
      for (let i = 0; i < 5_000; i += 500)
        await publicar(
          banco,
          topico,
          ids.slice(i, i + 500).map((id) => [`k${Number(id) % 20}`, id] as const),
        )
      assert.equal(banco.broker.atrasos()[0]?.pendientes, 5_000)
      const { entregas, ids: recibidos } = await apuntar(banco, { topico, tipo, permisos: 100, manejar: unaVuelta })
      await cuando(banco, 'llegan mil', () => entregas.length > 1_000)
      await publicar(banco, topico, [['k0', 'y uno más']])
      await alDrenar(banco)
      assert.equal(fugaz.ids().length, 0)
      assert.deepEqual(recibidos().toSorted(), [...ids, 'y uno más'])
      if (tipo === 'Shared') return
      for (const [llave, suyas] of Map.groupBy(entregas, ({ mensaje }) => mensaje.llave)) {
        const orden = suyas.map(({ mensaje }) => mensaje.id)
        assert.deepEqual(orden, orden.toSorted(), `la llave ${llave}`)
      }
    })
  }

  for (const salida of ['reabrir', 'caer'] as const) {
    prueba(`${salida} no pierde nada de lo confirmado ni repite lo saldado`, async (banco) => {
      const topico = nombreNuevo()
      const efectos: string[] = []
      const conEfecto = (entrega: Entrega): Promise<void> =>
        banco.ejecutar(async (tx) => {
          await entrega.acusar(tx)
          tx.alConfirmar(() => void efectos.push(entrega.mensaje.id))
        })
      for (let vida = 0; vida < 6; vida++) {
        await apuntar(banco, { topico, tipo: 'Key_Shared', manejar: conEfecto })
        const antes = efectos.length
        await publicar(
          banco,
          topico,
          serie(100, `${vida}-`).map((id, i) => [`k${i % 9}`, id] as const),
        )
        await cuando(banco, 'avanza', () => efectos.length > antes + 30)
        await banco[salida]()
      }
      await apuntar(banco, { topico, tipo: 'Key_Shared', manejar: conEfecto })
      await alDrenar(banco)
      assert.deepEqual(
        efectos.toSorted(),
        Array.from({ length: 6 }, (_, vida) => serie(100, `${vida}-`))
          .flat()
          .toSorted(),
      )
    })
  }

  prueba('cerrar espera lo que está en vuelo, y lo rechazado mientras se cierra vuelve después', async (banco) => {
    const topico = nombreNuevo()
    const [buena, mala] = [puerta(), puerta()]
    const antes = await apuntar(banco, {
      topico,
      permisos: 2,
      manejar: async (entrega) => {
        await (entrega.mensaje.id === 'bueno' ? buena : mala).pasar
        if (entrega.mensaje.id === 'malo') await entrega.rechazar(1_000, CAUSA)
      },
    })
    await publicar(banco, topico, ['bueno', 'malo', 'tercero'])
    await cuando(banco, 'dos en vuelo', () => antes.ids().length === 2)
    let reabierto = false
    const reapertura = banco.reabrir().then(() => {
      reabierto = true
    })
    await unaVuelta()
    buena.abrir()
    for (let i = 0; i < 10; i++) await unaVuelta()
    assert.equal(reabierto, false)
    mala.abrir()
    await reapertura
    const despues = await apuntar(banco, { topico })
    await cuando(banco, 'llega el que no salió', () => despues.ids().length === 1)
    await banco.pasar(2_000)
    await alDrenar(banco)
    assert.deepEqual(
      [antes.ids(), despues.ids()],
      [
        ['bueno', 'malo'],
        ['tercero', 'malo'],
      ],
    )
    assert.equal(despues.entregas[1]?.intento, 2)
  })

  prueba('cerrar un consumidor espera lo suyo y deja el resto a los demás; cerrarlo otra vez no molesta', async (banco) => {
    const topico = nombreNuevo()
    const suya = puerta()
    const primero = await apuntar(banco, { topico, permisos: 1, manejar: () => suya.pasar })
    await publicar(banco, topico, serie(4))
    await cuando(banco, 'uno en vuelo', () => primero.ids().length === 1)
    const cierres = [primero.consumidor.cerrar(), primero.consumidor.cerrar()]
    const segundo = await apuntar(banco, { topico })
    await cuando(banco, 'los demás van al otro', () => segundo.ids().length === 3)
    const cierreDelBroker = banco.reabrir()
    suya.abrir()
    await Promise.all([...cierres, cierreDelBroker])
    assert.deepEqual([primero.ids(), segundo.ids()], [['1'], ['2', '3', '4']])
  })

  prueba('consumidores que entran y salen durante el tráfico: nada se pierde, se repite ni se desordena', async (banco) => {
    const topico = nombreNuevo()
    const azar = mulberry32(5)
    const efectos: [string, string][] = []
    const manejar = async ({ mensaje }: Entrega): Promise<void> => {
      for (let n = azar() * 4; n > 0; n--) await unaVuelta()
      efectos.push([mensaje.llave ?? '', mensaje.id])
    }
    const unir = async (): Promise<Consumidor> => (await apuntar(banco, { topico, tipo: 'Key_Shared', permisos: 4, manejar })).consumidor
    const activos = [await unir(), await unir()]
    const cierres: Promise<void>[] = []
    for (let tanda = 0; tanda < 40; tanda++) {
      await publicar(
        banco,
        topico,
        serie(25).map((id, i) => [`k${(i + tanda) % 11}`, `${String(tanda).padStart(2, '0')}-${id.padStart(2, '0')}`] as const),
      )
      if (azar() < 0.5) activos.push(await unir())
      else cierres.push(activos.shift()?.cerrar() ?? Promise.resolve())
      await unaVuelta()
    }
    await Promise.all(cierres)
    if (activos.length === 0) await unir()
    await alDrenar(banco)
    assert.equal(new Set(efectos.map(([, id]) => id)).size, 1_000)
    assert.equal(efectos.length, 1_000)
    for (const [llave, suyos] of Map.groupBy(efectos, ([llave]) => llave)) {
      const orden = suyos.map(([, id]) => id)
      assert.deepEqual(orden, orden.toSorted(), `la llave ${llave}`)
    }
  })
}

export const contratoDeAtrasos = (prueba: Prueba): void => {
  const atraso = (banco: Parameters<typeof alDrenar>[0]) => banco.broker.atrasos()[0]

  prueba('el atraso cuenta lo que falta por saldar, también al reabrir, y es 0 al terminar', async (banco) => {
    const topico = nombreNuevo()
    const lenta = puerta()
    const primera = await apuntar(banco, { topico, permisos: 2, manejar: () => lenta.pasar })
    assert.deepEqual(atraso(banco), { topico, suscripcion: 'sub', pendientes: 0, edadMs: 0 })
    await publicar(banco, topico, serie(10))
    await cuando(banco, 'dos en vuelo', () => primera.ids().length === 2)
    assert.equal(atraso(banco)?.pendientes, 10)
    await banco.caer()
    const despues = await apuntar(banco, { topico, manejar: async ({ mensaje }) => (mensaje.id === '10' ? lenta.pasar : undefined) })
    await cuando(banco, 'nueve saldados', () => atraso(banco)?.pendientes === 1)
    await banco.caer()
    assert.deepEqual(banco.broker.atrasos(), [])
    await apuntar(banco, { topico })
    assert.equal(atraso(banco)?.pendientes, 1)
    await alDrenar(banco)
    assert.equal(despues.ids().length, 10)
    assert.deepEqual(atraso(banco), { topico, suscripcion: 'sub', pendientes: 0, edadMs: 0 })
  })

  prueba('la edad es la del más antiguo que podría entregarse: uno retenido por un rechazo no cuenta', async (banco) => {
    const topico = nombreNuevo()
    const lenta = puerta()
    const { ids } = await apuntar(banco, {
      topico,
      tipo: 'Key_Shared',
      permisos: 1,
      manejar: async (entrega) => {
        if (entrega.mensaje.id === 'r1' && entrega.intento === 1) await entrega.rechazar(60_000, CAUSA)
        if (entrega.mensaje.llave === 'lenta') await lenta.pasar
      },
    })
    await publicar(banco, topico, [
      ['retenida', 'r1'],
      ['retenida', 'r2'],
    ])
    await cuando(banco, 'rechazado', () => ids().length === 1)
    await banco.pasar(3_000)
    assert.partialDeepStrictEqual(atraso(banco), { pendientes: 2, edadMs: 0 })
    await publicar(banco, topico, [
      ['lenta', 'l1'],
      ['otra', 'o1'],
    ])
    await cuando(banco, 'la lenta ocupa el permiso', () => ids().includes('l1'))
    await banco.pasar(2_000)
    const { pendientes = 0, edadMs = 0 } = atraso(banco) ?? {}
    assert.equal(pendientes, 4)
    assert.ok(edadMs >= 2_000 && edadMs < 3_000, `la edad era ${edadMs}`)
    lenta.abrir()
    await banco.pasar(60_000)
    await alDrenar(banco)
    assert.partialDeepStrictEqual(atraso(banco), { pendientes: 0, edadMs: 0 })
  })
}
